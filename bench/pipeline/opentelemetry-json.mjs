import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

export { operations } from '../libraries/opentelemetry.mjs';
export const title = 'OpenTelemetry, OTLP/JSON';
export const open = (url) => new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }));
