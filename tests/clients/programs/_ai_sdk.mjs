/** What the versions 5 and 6 of the AI SDK are asked: an answer, a tool, a stream, an embedding and a failure. */

import { createOpenAI } from '@ai-sdk/openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { embed, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

export async function run(sessionId) {
  const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();

  const openai = createOpenAI({ apiKey: 'x', baseURL: process.env.OPENAI_BASE_URL });
  const metadata = { sessionId, userId: 'user-7', tags: ['alpha', 'beta'] };
  const call = {
    model: openai.chat('gpt-4o-mini'),
    maxRetries: 0,
    experimental_telemetry: { isEnabled: true, functionId: 'chat', metadata },
  };
  const weather = tool({
    description: 'The weather of a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: async () => ({ temp: 21 }),
  });

  await generateText({ ...call, system: 'Be short.', prompt: 'What is the capital of France?' });
  await generateText({
    ...call,
    prompt: 'What is the weather in Paris?',
    tools: { get_weather: weather },
    stopWhen: stepCountIs(3),
  });
  for await (const _ of streamText({ ...call, prompt: 'Stream the capital of France' }).textStream);
  await embed({ ...call, model: openai.embedding('text-embedding-3-small'), value: 'hello' });
  await generateText({ ...call, prompt: 'Please FAIL now' }).catch(() => {});
  await provider.shutdown();
}
