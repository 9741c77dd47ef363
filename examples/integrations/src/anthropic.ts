import '@powerrag/exporter/register';
import Anthropic from '@anthropic-ai/sdk';
import { observe, propagateAttributes } from '@powerrag/tracing';

const client = new Anthropic();

const complete = observe(client.messages.create.bind(client.messages), { name: 'complete', asType: 'generation' });

await propagateAttributes({ sessionId: 'chat-1', userId: 'ada' }, async () => {
  const { content } = await complete({
    model: 'claude-sonnet-5-5',
    max_tokens: 500,
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
  });
  for (const block of content) if (block.type === 'text') console.log(block.text);
});
