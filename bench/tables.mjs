import { measure } from './lib/child.mjs';
import { leastOf } from './lib/rounds.mjs';
import { figure, markdownTable, thousands, withRatio } from './lib/table.mjs';
import { pipelineSections } from './pipeline-tables.mjs';
import { serverSections } from './server-tables.mjs';
import { cases } from './workload.mjs';

const FLOOR = 'opentelemetry';
const LIBRARIES = ['opentelemetry', 'powerrag', 'langfuse-5', 'langfuse-4', 'openinference', 'langsmith'];
const CASES = Object.keys(cases);
/** An import is quick to measure, and noisy. */
const IMPORTS_PER_ROUND = 4;
const BIG_NURSERY = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];

const titleOf = async (name) => (await import(`./libraries/${name}.mjs`)).title;

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
    note: 'CPU microseconds per observation, spans discarded when they end, and the ratio to bare OpenTelemetry. LangSmith serialises when it sends, which is not measured here, so its A2 to A4 show only part of its cost.',
    goal: 'A1 at most 1.4× of OpenTelemetry, A2 and A3 1.1×, A4 1.02×.',
    table: ({ rounds }) => libraryTable({ rounds, libraries: LIBRARIES, what: 'call' }),
  },
  processor: {
    title: 'The call with the library’s own span processor',
    note: 'CPU microseconds per observation. OpenTelemetry’s batch processor and Langfuse’s pass their batches to an exporter that discards them before serialisation. Ours has already encoded the span when the call returns; its queue is too small for it and discards the bytes.',
    goal: 'A1 at most 1.6× of OpenTelemetry, A2 and A3 1.2×, A4 1.05×.',
    table: ({ rounds }) =>
      libraryTable({ rounds, libraries: ['opentelemetry', 'powerrag', 'langfuse-5'], what: 'processor' }),
  },
  heap: {
    title: 'Memory',
    note: 'Bytes allocated per observation, spans discarded when they end.',
    goal: 'A1 at most 1.3× of OpenTelemetry, the others 1.1×.',
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
    note: 'Nanoseconds for `startObservation(name).end()` (OpenTelemetry: `startSpan(name).end()`) in a program without a tracing set-up.',
    goal: 'at most 100 ns.',
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
  open: {
    title: 'Many open spans',
    note: 'CPU microseconds to start a span, each library with its own span processor as above: on average over 100 or 8,000 spans of one trace that start one after another and are all open at the end, as children of one root or each as the child of the one before it. The ratio is to bare OpenTelemetry.',
    goal: 'with 8,000 open spans no more than with 100.',
    async table({ rounds }) {
      const libraries = ['opentelemetry', 'powerrag', 'langfuse-5'];
      const shapes = ['siblings', 'chain'].flatMap((shape) => [100, 8_000].map((spans) => ({ shape, spans })));
      const cells = libraries.flatMap((library) =>
        shapes.map(({ shape, spans }) => ({
          key: `${library} ${shape} ${spans}`,
          run: () => measure('open-spans.mjs', [library, shape, spans]),
        })),
      );
      const least = await leastOf(rounds, cells);
      const rows = [];
      for (const library of libraries) {
        const values = shapes.map(({ shape, spans }) => {
          const value = least(`${library} ${shape} ${spans}`);
          return library === FLOOR ? figure(value) : withRatio(value, least(`${FLOOR} ${shape} ${spans}`));
        });
        rows.push([await titleOf(library), ...values]);
      }
      const headings = shapes.map(
        ({ shape, spans }) => `${shape === 'chain' ? 'chain of' : 'siblings,'} ${thousands(spans)}`,
      );
      return markdownTable(['', ...headings], rows);
    },
  },
  'gen-ai': {
    title: 'GenAI attributes as well',
    note: 'Case A3, CPU microseconds per observation, spans discarded when they end: without and with `configureTracing({ genAiAttributes: true })`, and the ratio.',
    async table({ rounds }) {
      const cells = ['call', 'gen-ai'].map((key) => ({
        key,
        run: () => measure('measure.mjs', ['powerrag', 'A3', key]),
      }));
      const least = await leastOf(rounds, cells);
      return markdownTable(
        ['', 'without', 'with'],
        [['@powerrag/tracing', figure(least('call')), withRatio(least('gen-ai'), least('call'))]],
      );
    },
  },
  encoder: {
    title: 'Spans to bytes',
    note: 'CPU microseconds per span for batches of 512 of the same spans, the ratio to ours, and the size on the wire.',
    goal: 'on A2 and A3, OTLP/JSON takes at least 5× as long and OTLP/protobuf 12×.',
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
  import: {
    title: 'Import',
    note: 'Milliseconds that a new process takes to import everything an application needs to record and send spans.',
    goal: 'at most 1.1× of OpenTelemetry.',
    async table({ rounds }) {
      const setUps = {
        [FLOOR]: 'OpenTelemetry SDK and OTLP/JSON exporter',
        powerrag: '@powerrag/tracing, @powerrag/exporter',
        'powerrag-loaded': 'the same, and the HTTP client that the processor loads with the first request',
        'langfuse-5': '@langfuse/tracing 5, @langfuse/otel, OpenTelemetry SDK',
      };
      const cells = Object.keys(setUps).map((key) => ({ key, run: () => measure('import.mjs', [key]) }));
      const least = await leastOf(rounds * IMPORTS_PER_ROUND, cells);
      const rows = Object.entries(setUps).map(([key, title]) => [title, withRatio(least(key), least(FLOOR))]);
      return markdownTable(['', 'ms'], rows);
    },
  },
  ...pipelineSections,
  ...serverSections,
};
