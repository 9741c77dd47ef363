// client: Vercel AI SDK, @ai-sdk/otel
// version: ai
// packages: ai@7 @ai-sdk/otel @ai-sdk/openai zod @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { embed, generateText, isStepCount, registerTelemetry, streamText, tool } from 'ai';
import { z } from 'zod';
import { QUESTIONS, start, turn } from './_otel.mjs';

const provider = start();
registerTelemetry(new OpenTelemetry());
const openai = createOpenAI({ apiKey: 'x', baseURL: process.env.OPENAI_BASE_URL });
const model = openai.chat('gpt-4o-mini');
const weather = (execute) =>
  tool({ description: 'The weather of a city.', inputSchema: z.object({ city: z.string() }), execute });
const ask = (more) => async (prompt) =>
  (await generateText({ model, maxRetries: 0, prompt, instructions: 'Be short.', stopWhen: isStepCount(3), ...more }))
    .text;

for (const question of QUESTIONS)
  await turn('sess-ai7', question, ask({ tools: { get_weather: weather(async () => ({ temp: 21 })) } }));
await turn(
  'sess-ai7',
  QUESTIONS[1],
  ask({
    tools: {
      broken: weather(async () => {
        throw new Error('No such city');
      }),
    },
  }),
);
await turn('sess-ai7', 'Stream the capital of France', async (prompt) => {
  let said = '';
  for await (const part of streamText({ model, prompt }).textStream) said += part;
  return said;
});
await turn('sess-ai7', 'What is this?', async (text) => {
  const image = { type: 'image', image: new Uint8Array([137, 80, 78, 71]) };
  const { text: said } = await generateText({
    model,
    messages: [{ role: 'user', content: [{ type: 'text', text }, image] }],
  });
  return said;
});
await turn('sess-ai7', 'hello', async (value) =>
  String((await embed({ model: openai.embedding('text-embedding-3-small'), value })).embedding),
);
await provider.shutdown();
