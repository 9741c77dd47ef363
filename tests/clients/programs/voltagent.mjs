// client: VoltAgent
// version: @voltagent/core
// packages: @voltagent/core @ai-sdk/openai ai zod @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import { createOpenAI } from '@ai-sdk/openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Agent, createTool, VoltAgentObservability } from '@voltagent/core';
import { z } from 'zod';

const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
const observability = new VoltAgentObservability({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const openai = createOpenAI({ apiKey: 'x', baseURL: process.env.OPENAI_BASE_URL });
const weather = createTool({
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: z.object({ city: z.string() }),
  execute: async () => ({ temp: 21 }),
});
const agent = new Agent({
  ...{ name: 'assistant', instructions: 'Be short.', model: openai.chat('gpt-4o-mini'), maxRetries: 0 },
  ...{ tools: [weather], observability },
});
const options = { userId: 'user-7', conversationId: 'sess-volt' };
for (const question of ['What is the capital of France?', 'What is the weather in Paris?', 'Please FAIL now']) {
  await agent.generateText(question, options).then(
    ({ text }) => console.log(text),
    (error) => console.log('ERR', String(error).slice(0, 100)),
  );
}
await observability.shutdown();
process.exit(0);
