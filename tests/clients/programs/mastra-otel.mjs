// client: Mastra, exporter for OpenTelemetry
// version: @mastra/otel-exporter
// packages: @mastra/core@1 @mastra/observability@1 @mastra/otel-exporter @ai-sdk/openai zod @opentelemetry/exporter-trace-otlp-proto
import { OtelExporter } from '@mastra/otel-exporter';
import { run } from './_mastra.mjs';

const endpoint = `${process.env.OTLP_URL}/v1/traces`;
await run(new OtelExporter({ provider: { custom: { endpoint, protocol: 'http/protobuf' } } }), 'sess-ma-otel');
