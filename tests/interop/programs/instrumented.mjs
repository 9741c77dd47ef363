/**
 * For `node --import`: sets up PowerRAG with OpenTelemetry's HTTP and undici instrumentation, before the program loads `node:http`.
 * PROPAGATE_SESSION=yes switches `propagateSession` on.
 */
import { register as registerHooks } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { register } from '@powerrag/exporter';

registerHooks('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
register({
  propagateSession: process.env.PROPAGATE_SESSION === 'yes',
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
});
