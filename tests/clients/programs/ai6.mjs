// client: Vercel AI SDK
// version: ai
// packages: ai@6 @ai-sdk/openai@3 zod @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import { run } from './_ai_sdk.mjs';

await run('sess-ai6');
