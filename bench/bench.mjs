import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'tsup';
import { sections } from './tables.mjs';
import { cases } from './workload.mjs';

/**
 * `npm run bench` measures our packages beside their peers and prints Markdown; `--write` also puts it into
 * docs/benchmarks.md. Figures compare within one table of one run only: trust the ratios, not the microseconds.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Spans per flat-out run. */
    spans: { type: 'string', default: '100000' },
    /** Sections to run, by name, comma-separated. */
    only: { type: 'string', default: Object.keys(sections).join(',') },
    /** The program `cmd/jaeger` of Jaeger, to be measured beside the server; absent: it is not. */
    jaeger: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const wanted = options.only.split(',');
const unknown = wanted.filter((name) => !(name in sections));
if (unknown.length > 0) {
  throw new Error(`--only ${unknown.join(',')} names no section; there are ${Object.keys(sections).join(', ')}`);
}

if (wanted.includes('encoder')) await buildEncoder();
const parts = [heading()];
for (const name of wanted) {
  const { title, note, goal, table } = sections[name];
  const markdown = await table({
    ...{ rounds: Number(options.rounds), spans: Number(options.spans) },
    ...(options.jaeger !== undefined && { jaeger: options.jaeger }),
  });
  parts.push([`## ${title}`, note, ...(goal ? [`Goal: ${goal}`] : []), markdown].join('\n\n'));
  console.log(`\n${parts.at(-1)}`);
}
if (options.write) {
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), `${parts.join('\n\n')}\n`);
}

/** The encoder is internal to the exporter: it is compiled from source, on its own. */
async function buildEncoder() {
  const source = fileURLToPath(new URL('../packages/exporter/src/encode/', import.meta.url));
  await build({
    config: false,
    silent: true,
    entry: ['batch', 'encoder'].map((name) => `${source}${name}.ts`),
    outDir: fileURLToPath(new URL('.cache/encode', import.meta.url)),
    outExtension: () => ({ js: '.js' }),
    format: ['esm'],
    target: 'es2022',
  });
}

function heading() {
  const processor = cpus();
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
  const peers = ['@langfuse/tracing', '@langfuse/tracing-v4', '@langfuse/otel', '@opentelemetry/sdk-trace-base']
    .concat(['@opentelemetry/otlp-transformer', '@arizeai/openinference-core', 'langsmith'])
    .map((name) => `${name} ${devDependencies[name].replace(/^npm:.*@/, '')}`);
  return `# Benchmarks

Written by \`npm run bench -- --write --rounds ${options.rounds} --spans ${options.spans}\`; never edited by hand.

- ${processor.length} × ${processor[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.versions.node}
- ${peers.join(' · ')}
- Each cell runs in its own process, one after another; a figure is the minimum of ${options.rounds} rounds unless its table says otherwise.

Cases: ${Object.entries(cases)
    .map(([name, { title }]) => `**${name}** ${title}`)
    .join('; ')}.`;
}
