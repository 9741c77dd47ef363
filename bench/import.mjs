import { performance } from 'node:perf_hooks';

/**
 * `node import.mjs <set-up>` prints the milliseconds that a fresh process takes to import what an application must, to record
 * spans and send them.
 */
const setUps = {
  opentelemetry: [
    '@opentelemetry/api',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/sdk-trace-base',
    '@opentelemetry/exporter-trace-otlp-http',
  ],
  powerrag: ['@powerrag/tracing', '@powerrag/exporter'],
  /** With the HTTP client, which the processor loads with the first request. */
  'powerrag-loaded': ['@powerrag/tracing', '@powerrag/exporter', 'undici'],
  'langfuse-5': [
    '@langfuse/tracing',
    '@langfuse/otel',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/sdk-trace-base',
  ],
};

const before = performance.now();
for (const name of setUps[process.argv[2]]) await import(name);
const value = performance.now() - before;
process.stdout.write(JSON.stringify({ value }), () => process.exit(0));
