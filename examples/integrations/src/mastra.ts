import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { z } from 'zod';

// Mastra traces by itself; its OpenTelemetry exporter sends that to the server.
const server = process.env.POWERRAG_BASE_URL ?? 'http://127.0.0.1:4318';
const exporter = new OtelExporter({
  provider: { custom: { endpoint: `${server}/v1/traces`, protocol: 'http/protobuf' } },
});

const weather = createTool({
  id: 'weather',
  description: 'The temperature in a city',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, celsius: 18 }),
});
const forecaster = new Agent({
  id: 'forecaster',
  name: 'Forecaster',
  instructions: 'Be brief.',
  model: { id: 'openai/gpt-4o-mini', url: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1' },
  tools: { weather },
});
const mastra = new Mastra({
  logger: false,
  agents: { forecaster },
  observability: new Observability({ configs: { powerrag: { serviceName: 'forecast', exporters: [exporter] } } }),
});

const { text } = await mastra.getAgent('forecaster').generate('How warm is it in Paris?', {
  tracingOptions: { metadata: { sessionId: 'chat-1', userId: 'ada' } },
});
console.log(text);
await mastra.shutdown();
