/**
 * For `node --import`, before ours: an OpenTelemetry set-up of somebody else. FOREIGN names what it registers: `provider` or
 * `context-manager`.
 */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

if (process.env.FOREIGN === 'provider') trace.setGlobalTracerProvider(new BasicTracerProvider());
if (process.env.FOREIGN === 'context-manager') {
  const theirs = new AsyncLocalStorageContextManager().enable();
  let calls = 0;
  const { with: run } = theirs;
  theirs.with = (...args) => {
    calls += 1;
    return run.apply(theirs, args);
  };
  context.setGlobalContextManager(theirs);
  process.on('exit', () => console.log(`theirs was used: ${calls > 0}`));
}
