// client: Vercel AI SDK through OpenInference
// version: @arizeai/openinference-vercel
// packages: @arizeai/openinference-vercel ai@5 @ai-sdk/openai@2 zod @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import { OpenInferenceSimpleSpanProcessor } from '@arizeai/openinference-vercel';
import { run } from './_ai_sdk.mjs';

await run('sess-oi-vercel', (exporter) => new OpenInferenceSimpleSpanProcessor({ exporter }));
