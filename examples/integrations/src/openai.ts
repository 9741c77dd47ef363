import '@powerrag/exporter/register';
import { observe, propagateAttributes } from '@powerrag/tracing';
import OpenAI from 'openai';

const client = new OpenAI();

// Messages, answer, model and tokens are recorded, of a streamed answer too.
const complete = observe(client.chat.completions.create.bind(client.chat.completions), {
  name: 'complete',
  asType: 'generation',
});

await propagateAttributes({ sessionId: 'chat-1', userId: 'ada' }, async () => {
  const stream = await complete({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? '');
});
