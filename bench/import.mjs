import { performance } from 'node:perf_hooks';

/** Prints how many milliseconds a process takes to import everything that sets tracing up with a library. */
const packagesOf = {
  sdk: ['@opentelemetry/api', '@opentelemetry/sdk-trace-base', '@opentelemetry/context-async-hooks'],
  powerrag: ['@powerrag/exporter'],
  otlp: [
    '@opentelemetry/api',
    '@opentelemetry/sdk-trace-base',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/exporter-trace-otlp-proto',
  ],
  'langfuse-5': ['@opentelemetry/sdk-trace-base', '@opentelemetry/context-async-hooks', '@langfuse/otel'],
};

const startedAt = performance.now();
for (const name of packagesOf[process.argv[2]]) await import(name);
console.log(JSON.stringify({ value: performance.now() - startedAt }));
