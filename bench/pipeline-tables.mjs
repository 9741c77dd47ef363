import { measure, startSink } from './lib/child.mjs';
import { figure, markdownTable, thousands } from './lib/table.mjs';

const PIPELINES = ['opentelemetry-json', 'opentelemetry-protobuf', 'powerrag', 'powerrag-gzip', 'langfuse-5'];
/** A run takes seconds, so its figures vary less than those of a call. */
const MAX_ROUNDS = 3;
const BURST = 5_000;
const BURST_SPANS = 20_000;
const BURST_PAUSE_MS = 250;

export const pipelineSections = {
  pipeline: {
    title: 'All the way to the server',
    note: `Case A2 at full speed, to a sink in its own process that answers immediately or, in the rows that say so (with 40 % of the spans), after 50 ms. Each pipeline has its defaults. The run with the least CPU of at most ${MAX_ROUNDS}. Lost: spans that never arrived; spans/s, CPU and bytes count the others.`,
    goal: 'at least twice the spans/s of @langfuse/otel 5 for at most 0.45× of its CPU per span, and at most 0.8× that of OTLP/JSON; nothing lost; a loop delay no longer than that of OTLP/JSON.',
    async table({ rounds, spans }) {
      const runs = [0, 50].flatMap((delayMs) =>
        PIPELINES.map((pipeline) => ({
          pipeline,
          delayMs,
          spans: delayMs === 0 ? spans : Math.round(0.4 * spans),
          label: delayMs === 0 ? '' : `, answers after ${delayMs} ms`,
        })),
      );
      return runsTable(rounds, runs);
    },
  },
  burst: {
    title: 'Bursts',
    note: `Case A2, ${thousands(BURST_SPANS)} spans in bursts of ${thousands(BURST)} within one turn of the event loop, and ${BURST_PAUSE_MS} ms between them, to a sink that answers immediately; otherwise as above. The loop delay includes the burst itself, spans/s the pauses.`,
    goal: 'nothing lost; a loop delay no longer than that of OTLP/JSON.',
    async table({ rounds }) {
      const burst = [BURST, BURST_PAUSE_MS];
      const runs = PIPELINES.map((pipeline) => ({ pipeline, delayMs: 0, spans: BURST_SPANS, burst, label: '' }));
      return runsTable(rounds, runs);
    },
  },
};

async function runsTable(rounds, runs) {
  const best = new Map();
  for (let round = 1; round <= Math.min(rounds, MAX_ROUNDS); round += 1) {
    for (const run of runs) {
      process.stderr.write(`\r\x1b[Kround ${round}: ${run.pipeline}${run.label}`);
      const result = await flatOut(run);
      if (!best.has(run) || result.cpuMicroseconds < best.get(run).cpuMicroseconds) best.set(run, result);
    }
  }
  process.stderr.write('\r\x1b[K');
  const rows = [];
  for (const run of runs) {
    const result = best.get(run);
    const { title } = await import(`./pipeline/${run.pipeline}.mjs`);
    rows.push([
      `${title}${run.label}`,
      thousands(result.arrived / result.seconds),
      figure(result.cpuMicroseconds / result.arrived),
      `${thousands(run.spans - result.arrived)} (${(100 - (100 * result.arrived) / run.spans).toFixed(1)} %)`,
      figure(result.maxDelayMs),
      figure(result.peakMegabytes),
      thousands(result.bytes / result.arrived),
    ]);
  }
  const headings = ['', 'spans/s', 'CPU µs/span', 'lost', 'max. loop delay ms', 'peak MB', 'wire B/span'];
  return markdownTable(headings, rows);
}

async function flatOut({ pipeline, delayMs, spans, burst = [] }) {
  const sink = await startSink(delayMs);
  try {
    const result = await measure('pipeline/flat-out.mjs', [pipeline, spans, sink.url, ...burst]);
    const counted = await (await fetch(`${sink.url}/count`)).json();
    return { ...result, arrived: counted.spans, bytes: counted.bytes };
  } finally {
    sink.stop();
  }
}
