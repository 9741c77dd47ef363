import { closeSync, openSync, readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { open } from './subjects.mjs';

/**
 * An application that traces, as a fault scenario describes it: `node workload.mjs <JSON>`, see `WorkloadSpec` in ../workload.ts.
 * Prints one JSON value a line: `{ emitted }`, then what it prints at its end, and `{ report }` when it exits.
 */
const spec = JSON.parse(process.argv[2]);
const errors = [];
diag.setLogger({ ...console, error: (text) => errors.push(String(text)) }, { logLevel: DiagLogLevel.ERROR });

let dropsReported = 0;
const onDrop = (_reason, count) => {
  dropsReported += count;
};
const processor = await open(spec.subject, spec.url, { onDrop, ...spec.options });
// Node opens these two when they are first used.
void [process.stdout, process.stderr];
const openFilesBefore = openFiles();
const provider = new BasicTracerProvider({ spanProcessors: [processor] });
const tracer = provider.getTracer('faults');
/** The ledger: 8 bytes for each span's id, and the time of its end. Outside of the heap, which scenarios measure. */
const ids = Buffer.alloc(spec.spans * 8);
const endTimes = new Float64Array(spec.spans);
let mostPendingBytes = 0;
let shutdown;
let openFilesAfter;
const heap = [];

process.on('exit', () => {
  say({
    report: {
      stats: processor.stats?.(),
      dropsReported,
      mostPendingBytes,
      shutdown,
      errors: errors.length,
      peakRssMegabytes: process.resourceUsage().maxRSS / 1_024,
      longestBlockMs: delay.max / 1e6,
      openFiles: { before: openFilesBefore, after: openFilesAfter },
      heap,
    },
  });
});
if (spec.onSignal) handleSignal(spec.onSignal);

const delay = monitorEventLoopDelay({ resolution: 5 });
const taken = spec.exhaustsFiles ? takeAllFiles() : [];
await emitAll();
say({ emitted: ledger() });
delay.enable();
if (spec.pauseMs) await sleep(spec.pauseMs);
for (const file of taken) closeSync(file);
await endBy(spec.end);

async function emitAll() {
  const { spans, perTick = spans, tickMs = 0, flushEachTick = false, sampleHeapMs } = spec;
  let nextSample = performance.now();
  const startedAt = performance.now();
  for (let done = 0, tick = 1; done < spans; tick += 1) {
    for (const until = Math.min(spans, done + perTick); done < until; done += 1) emit(done);
    mostPendingBytes = Math.max(mostPendingBytes, processor.stats?.().pendingBytes ?? 0);
    if (flushEachTick) await provider.forceFlush().catch(() => {});
    if (sampleHeapMs && performance.now() >= nextSample) {
      nextSample += sampleHeapMs;
      globalThis.gc();
      heap.push([performance.now() - startedAt, process.memoryUsage().heapUsed]);
    }
    // Wait until the next tick is due, to keep the rate on a busy machine; after a flush, the pause itself matters.
    if (done < spans && tickMs > 0)
      await sleep(flushEachTick ? tickMs : Math.max(0, startedAt + tick * tickMs - performance.now()));
  }
}

function emit(index) {
  const attributes = {
    'session.id': spec.sessionId,
    // Peers filter the spans of other instrumentation: this filter passes all of them.
    'gen_ai.operation.name': 'chat',
    note: 'a line of text '.repeat(Math.ceil((spec.payloadBytes ?? 300) / 15)),
  };
  const span = tracer.startSpan(`step ${index}`, { attributes }, ROOT_CONTEXT);
  span.end();
  ids.write(span.spanContext().spanId, index * 8, 'hex');
  endTimes[index] = Date.now();
}

function ledger() {
  return Array.from(endTimes, (endTime, index) => {
    const id = ids.toString('hex', index * 8, index * 8 + 8);
    return spec.endTimes ? [id, endTime] : id;
  });
}

async function endBy(end) {
  if (end === 'shutdown') await shutDown();
  else if (end === 'exit') process.exit(0);
  else if (end === 'throw')
    setImmediate(() => {
      throw new Error('of the application');
    });
  else if (end === 'stay') setInterval(() => {}, 60_000);
  else if (end === 'flush and exit') {
    await provider.forceFlush().catch(() => {});
    process.exit(0);
  }
}

async function shutDown() {
  const startedAt = performance.now();
  // Directly, since a provider hides what the processor returns.
  const report = await processor.shutdown(spec.shutdownOptions).catch(() => undefined);
  shutdown = { ms: performance.now() - startedAt, report };
  openFilesAfter = await settledOpenFiles();
}

/** `twice`: the application handles SIGTERM, ignores the first one and exits with 7 at the second. */
function handleSignal(kind) {
  let received = 0;
  process.on('SIGTERM', () => {
    received += 1;
    say({ received });
    if (kind === 'twice' && received === 2) void shutDown().then(() => process.exit(7));
  });
}

/** Opens files until the process may not open any more. */
function takeAllFiles() {
  const files = [];
  try {
    for (;;) files.push(openSync('/dev/null'));
  } catch {
    return files;
  }
}

/** A closed socket leaves the table a moment after its close. */
async function settledOpenFiles() {
  for (let tries = 0; tries < 100 && openFiles() > openFilesBefore; tries += 1) await sleep(20);
  return openFiles();
}

/** Where there is no /proc there is nothing to compare, and both figures are 0. */
function openFiles() {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
