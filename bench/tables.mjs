import { measure, startSink } from './lib/child.mjs';
import { leastOf } from './lib/rounds.mjs';
import { figure, markdownTable, thousands, withRatio } from './lib/table.mjs';
import { cases } from './workload.mjs';

const FLOOR = 'opentelemetry';
const LIBRARIES = ['opentelemetry', 'powerrag', 'langfuse-5', 'langfuse-4', 'openinference', 'langsmith'];
const CASES = Object.keys(cases);
const BIG_NURSERY = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];

const titleOf = async (name, folder = 'libraries') => (await import(`./${folder}/${name}.mjs`)).title;

/** Libraries against cases, each value with its ratio to bare OpenTelemetry. */
async function libraryTable({ rounds, libraries, what, show = figure, nodeOptions = [] }) {
  const cells = libraries.flatMap((library) =>
    CASES.map((name) => ({
      key: `${library} ${name} ${what}`,
      run: () => measure('measure.mjs', [library, name, what], nodeOptions),
    })),
  );
  const least = await leastOf(rounds, cells);
  const rows = [];
  for (const library of libraries) {
    const values = CASES.map((name) => {
      const value = least(`${library} ${name} ${what}`);
      const ratio = (value / least(`${FLOOR} ${name} ${what}`)).toFixed(2);
      return library === FLOOR ? show(value) : `${show(value)} (${ratio}×)`;
    });
    rows.push([await titleOf(library), ...values]);
  }
  return markdownTable(['', ...CASES], rows);
}

export const sections = {
  call: {
    title: 'The call',
    note: 'CPU microseconds per observation, spans dropped as they end, and the ratio to bare OpenTelemetry. LangSmith serialises when it sends, which is left out here, so its A2 to A4 show only part of its cost.',
    table: ({ rounds }) => libraryTable({ rounds, libraries: LIBRARIES, what: 'call' }),
  },
  processor: {
    title: 'The call with the library’s own span processor',
    note: 'CPU microseconds per observation. OpenTelemetry’s batch processor and Langfuse’s hand their batches to an exporter that forgets them, before any serialisation; ours has already encoded the span when the call returns, and its queue, too small for it, forgets the bytes.',
    table: ({ rounds }) =>
      libraryTable({ rounds, libraries: ['opentelemetry', 'powerrag', 'langfuse-5'], what: 'processor' }),
  },
  heap: {
    title: 'Memory',
    note: 'Bytes allocated per observation, spans dropped as they end.',
    table: () =>
      libraryTable({
        rounds: 1,
        libraries: ['opentelemetry', 'powerrag', 'langfuse-5', 'langfuse-4', 'openinference'],
        what: 'heap',
        show: thousands,
        nodeOptions: BIG_NURSERY,
      }),
  },
  'no-provider': {
    title: 'No provider registered',
    note: 'Nanoseconds for `startObservation(name).end()` (OpenTelemetry: `startSpan(name).end()`) in a program that never set tracing up.',
    async table({ rounds }) {
      const libraries = ['opentelemetry', 'powerrag', 'langfuse-5', 'langfuse-4'];
      const cells = libraries.map((library) => ({
        key: library,
        run: () => measure('measure.mjs', [library, '-', 'no-provider']),
      }));
      const least = await leastOf(rounds, cells);
      const rows = await Promise.all(
        libraries.map(async (library) => [await titleOf(library), figure(least(library))]),
      );
      return markdownTable(['', 'ns'], rows);
    },
  },
  import: {
    title: 'The start of a program',
    note: 'Milliseconds to import what sets tracing up, in a fresh process, and the ratio to OpenTelemetry’s SDK. Ours loads its HTTP client with the first request.',
    async table({ rounds }) {
      const libraries = {
        sdk: 'OpenTelemetry SDK, no exporter',
        powerrag: '@powerrag/exporter',
        otlp: 'OpenTelemetry SDK with its OTLP exporter',
        'langfuse-5': 'OpenTelemetry SDK with @langfuse/otel 5',
      };
      const cells = Object.keys(libraries).map((key) => ({ key, run: () => measure('import.mjs', [key]) }));
      const least = await leastOf(rounds * 5, cells);
      const rows = Object.entries(libraries).map(([key, title]) => [title, withRatio(least(key), least('sdk'))]);
      return markdownTable(['', 'ms'], rows);
    },
  },
  encoder: {
    title: 'Spans to bytes',
    note: 'CPU microseconds per span for batches of 512 of the same spans, with the ratio to ours, and the size on the wire.',
    async table({ rounds }) {
      const serialisers = {
        powerrag: '@powerrag/exporter, OTLP/protobuf',
        json: 'otlp-transformer, OTLP/JSON',
        protobuf: 'otlp-transformer, OTLP/protobuf',
      };
      const bytes = new Map();
      const cells = Object.keys(serialisers).flatMap((serialiser) =>
        CASES.map((name) => ({
          key: `${serialiser} ${name}`,
          async run() {
            const result = await measure('encoder.mjs', [serialiser, name]);
            bytes.set(`${serialiser} ${name}`, result.bytes);
            return result;
          },
        })),
      );
      const least = await leastOf(rounds, cells);
      const rows = Object.entries(serialisers).map(([serialiser, title]) => [
        title,
        ...CASES.map((name) => {
          const key = `${serialiser} ${name}`;
          const cell = withRatio(least(key), least(`powerrag ${name}`));
          return `${cell}, ${thousands(bytes.get(key))} B`;
        }),
      ]);
      return markdownTable(['', ...CASES], rows);
    },
  },
  pipeline: {
    title: 'All the way to the server',
    note: 'Case A2 flat out to a sink in a process of its own that answers at once, or after 50 ms, each pipeline with its defaults; the run with the least CPU. Lost is what never arrived; spans/s and CPU are of those that did.',
    async table({ rounds, spans }) {
      const pipelines = ['opentelemetry-json', 'opentelemetry-protobuf', 'powerrag', 'langfuse-5'];
      const best = new Map();
      for (let round = 1; round <= rounds; round += 1) {
        for (const delayMs of [0, 50]) {
          for (const pipeline of pipelines) {
            const key = `${pipeline} ${delayMs}`;
            process.stderr.write(`\r\x1b[Kround ${round} of ${rounds}: ${key} ms`);
            const result = await flatOut(pipeline, spans, delayMs);
            if (result.cpuMicroseconds < (best.get(key)?.cpuMicroseconds ?? Number.POSITIVE_INFINITY)) {
              best.set(key, result);
            }
          }
        }
      }
      process.stderr.write('\r\x1b[K');
      const rows = [];
      for (const delayMs of [0, 50]) {
        for (const pipeline of pipelines) {
          const result = best.get(`${pipeline} ${delayMs}`);
          rows.push([
            `${await titleOf(pipeline, 'pipeline')}, answers after ${delayMs} ms`,
            thousands(result.arrived / result.seconds),
            figure(result.cpuMicroseconds / result.arrived),
            `${thousands(spans - result.arrived)} (${(100 - (100 * result.arrived) / spans).toFixed(1)} %)`,
            figure(result.maxDelayMs),
            figure(result.peakMegabytes),
          ]);
        }
      }
      const headings = ['', 'spans/s', 'CPU µs/span', `lost of ${thousands(spans)}`, 'max. loop delay ms', 'peak MB'];
      return markdownTable(headings, rows);
    },
  },
};

async function flatOut(pipeline, spans, delayMs) {
  const sink = await startSink(delayMs);
  try {
    const result = await measure('pipeline/flat-out.mjs', [pipeline, spans, sink.url]);
    const counted = await (await fetch(`${sink.url}/count`)).json();
    return { ...result, arrived: counted.spans };
  } finally {
    sink.stop();
  }
}
