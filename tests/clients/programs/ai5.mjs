// client: Vercel AI SDK
// version: ai
// packages: ai@5 @ai-sdk/openai@2 zod @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import { run } from './_ai_sdk.mjs';

await run('sess-ai5');
