// client: Mastra, exporter for Langfuse
// version: @mastra/langfuse
// packages: @mastra/core@1 @mastra/observability@1 @mastra/langfuse @ai-sdk/openai zod
import { LangfuseExporter } from '@mastra/langfuse';
import { run } from './_mastra.mjs';

await run(
  new LangfuseExporter({ publicKey: 'pk', secretKey: 'sk', baseUrl: process.env.OTLP_URL, realtime: true }),
  'sess-ma-langfuse',
);
