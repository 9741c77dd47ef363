import { openSync, writeSync } from 'node:fs';
import { trace } from '@opentelemetry/api';
import { register } from '@powerrag/exporter';

/**
 * An application that traces with a spool and writes down each span as soon as its end() has returned:
 * `node spool-emit.mjs <plan as JSON>`. Without `options` it runs as it would without us.
 */
const { ledger, sessionId, options, perTick, tickMs = 5, textBytes = 100, ticks, ending } = JSON.parse(process.argv[2]);

if (options) register({ serviceName: 'spool-emit', ...options });
const tracer = trace.getTracer('faults');
const file = openSync(ledger, 'a');

let done = 0;

function emit(count) {
  for (let index = 0; index < count; index++) {
    const attributes = { 'session.id': sessionId, text: 'x'.repeat(textBytes) };
    const span = tracer.startSpan('step', { attributes });
    span.end();
    // What is written here survives SIGKILL, as it does in the spool.
    writeSync(file, `${done * tickMs} ${span.spanContext().spanId}\n`);
  }
}

const ends = {
  stay: () => setInterval(() => {}, 60_000),
  exit: () => process.exit(0),
  end: () => {},
  throw: () => {
    throw new Error('the application’s own');
  },
  reject: () => {
    void Promise.reject(new Error('the application’s own'));
  },
  'out of memory': () => {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length));
  },
};

emit(perTick);
if (++done === ticks) ends[ending]();
else {
  const ticking = setInterval(() => {
    emit(perTick);
    if (++done !== ticks) return;
    clearInterval(ticking);
    ends[ending]();
  }, tickMs);
}
