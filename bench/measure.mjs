import { performance } from 'node:perf_hooks';
import { droppingProcessor, installProvider } from './libraries/provider.mjs';
import { cases, runOperations } from './workload.mjs';

/**
 * One measurement in its own process: `node measure.mjs <library> <case> <what>` prints one JSON object.
 * What: `call`, `processor` and `gen-ai` give microseconds of CPU (user and system, all threads) per observation; `heap`, run
 * with a large young generation, gives bytes allocated per observation; `no-provider` gives nanoseconds per call.
 */
const SLICES = 5;
const [libraryName, caseName, what] = process.argv.slice(2);
const library = await import(`./libraries/${libraryName}.mjs`);

if (what === 'no-provider') print({ value: await noProviderNanoseconds() });
else {
  const processor =
    what === 'processor' ? (await import('./libraries/processors.mjs')).openProcessor(libraryName) : undefined;
  if (what === 'gen-ai') (await import('@powerrag/tracing')).configureTracing({ genAiAttributes: true });
  if (libraryName !== 'langsmith') installProvider(processor ?? droppingProcessor);
  const { payloads, count, perOperation } = cases[caseName];
  const operation = library.operations()[caseName];
  await runOperations(operation, payloads, count);
  const value =
    what === 'heap'
      ? (await heapBytes(operation, payloads, Math.min(count, 2_000))) / perOperation
      : (await cpuMicroseconds(operation, payloads, count)) / perOperation;
  print({ value });
}

/** The cheapest of the slices, per operation: load from others only ever adds time. */
async function cpuMicroseconds(operation, payloads, count) {
  let least = Number.POSITIVE_INFINITY;
  for (let slice = 0; slice < SLICES; slice += 1) {
    const before = process.cpuUsage();
    await runOperations(operation, payloads, count);
    const used = process.cpuUsage(before);
    least = Math.min(least, (used.user + used.system) / count);
  }
  return least;
}

async function heapBytes(operation, payloads, count) {
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  globalThis.gc();
  observer.observe({ entryTypes: ['gc'] });
  const before = process.memoryUsage().heapUsed;
  await runOperations(operation, payloads, count);
  const allocated = process.memoryUsage().heapUsed - before;
  await new Promise((resolve) => setTimeout(resolve, 20));
  observer.disconnect();
  if (collections > 0) throw new Error(`${collections} garbage collections fell into the window: make it shorter`);
  return allocated / count;
}

async function noProviderNanoseconds() {
  const { noProvider } = library.operations();
  const count = 200_000;
  let least = Number.POSITIVE_INFINITY;
  for (let slice = 0; slice <= SLICES; slice += 1) {
    const before = performance.now();
    for (let index = 0; index < count; index += 1) noProvider();
    least = Math.min(least, ((performance.now() - before) * 1e6) / count);
  }
  return least;
}

function print(result) {
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
