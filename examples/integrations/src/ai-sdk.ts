import '@powerrag/exporter/register';
import { openai } from '@ai-sdk/openai';
import { propagateAttributes } from '@powerrag/tracing';
import { isStepCount, streamText, tool } from 'ai';
import { z } from 'zod';

const weather = tool({
  description: 'The temperature in a city',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, celsius: 18 }),
});

// Nothing more: the calls, their tools and each piece of the stream are recorded, in this session.
await propagateAttributes({ sessionId: 'chat-1', userId: 'ada' }, async () => {
  const { textStream } = streamText({
    model: openai.chat('gpt-4o-mini'),
    prompt: 'How warm is it in Paris?',
    tools: { weather },
    stopWhen: isStepCount(5),
  });
  for await (const text of textStream) process.stdout.write(text);
});
