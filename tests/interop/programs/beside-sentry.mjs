// Sentry and PowerRAG in one application, set up in the order of PLAN. Serves a request, one of a caller that does not sample, and
// makes an observation outside of a request. Prints what the processor counted.
import http from 'node:http';
import { PowerRAGSpanProcessor, register } from '@powerrag/exporter';
import { observe, setTracerProvider } from '@powerrag/tracing';
import * as Sentry from '@sentry/node';

const plan = process.env.PLAN ?? '';
const sentry = {
  dsn: 'http://key@127.0.0.1:9/1',
  beforeSend: () => null,
  beforeSendTransaction: () => null,
  ...(process.env.RATE ? { tracesSampleRate: Number(process.env.RATE) } : {}),
};

let processor;
if (plan === 'PowerRAG first') {
  ({ processor } = register());
  Sentry.init(sentry);
} else if (plan === 'Sentry first') {
  Sentry.init(sentry);
  ({ processor } = register());
} else if (plan === 'Sentry without OpenTelemetry') {
  Sentry.init({ ...sentry, skipOpenTelemetrySetup: true });
  ({ processor } = register());
} else if (plan === 'a provider of its own') {
  Sentry.init(sentry);
  const registration = register();
  setTracerProvider(registration.tracerProvider);
  ({ processor } = registration);
} else {
  processor = new PowerRAGSpanProcessor();
  Sentry.init({ ...sentry, openTelemetrySpanProcessors: [processor] });
}

const answer = observe(async (where) => where, { name: 'answer' });
const server = http.createServer(async (request, response) => response.end(await answer(request.url)));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

function get(path, headers) {
  return new Promise((resolve) => {
    http.get({ port: server.address().port, path, headers }, (response) => response.resume().on('end', resolve));
  });
}

await get('/request', {});
await get('/unsampled', {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
  'sentry-trace': '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0',
});
await Sentry.withIsolationScope(() => answer('elsewhere'));
await processor.forceFlush();
process.stdout.write(JSON.stringify({ unsampled: processor.stats().unsampled }));
process.exit(0);
