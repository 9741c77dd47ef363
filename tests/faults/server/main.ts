import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../../support/server-process.js';
import { markdownTable, PROJECT_FOLDER } from '../report/markdown.js';
import { HELD_FAULTS } from './held.js';
import { SERVER_SCENARIOS } from './index.js';
import type { ServerOutcome, ServerScenario } from './scenario.js';
import { TRIED_FAULTS } from './tried.js';

const PAGE = join(PROJECT_FOLDER, 'docs/server-faults.md');

/**
 * `npm run faults:server` runs every scenario of the server, one after the other, and prints Markdown; `--write` also puts it
 * into docs/server-faults.md. Ends with code 1 when one failed.
 */
const { values: options } = parseArgs({
  options: {
    /** Rows to run, by id, comma-separated. */
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const wanted = options.only?.split(',');
const unknown = wanted?.filter((id) => !(id in SERVER_SCENARIOS)) ?? [];
if (unknown.length > 0) throw new Error(`--only ${unknown.join(',')}: there is no such scenario`);

const rows: (readonly string[])[] = [];
for (const [id, scenario] of Object.entries<ServerScenario>(SERVER_SCENARIOS)) {
  if (wanted && !wanted.includes(id)) continue;
  const outcome = await run(scenario);
  const held = outcome instanceof Error ? 'failed' : outcome.held ? 'yes' : 'no';
  if (held !== 'yes') process.exitCode = 1;
  rows.push([id, scenario.fault, scenario.load, scenario.expected, held, figuresOf(outcome), links(scenario.tests)]);
  console.error(`${id} ${held}: ${figuresOf(outcome)}`);
}
const markdown = page(rows);
console.log(markdown);
if (options.write) writeFileSync(PAGE, markdown);

async function run(scenario: ServerScenario): Promise<ServerOutcome | Error> {
  const started: Awaited<ReturnType<typeof startServer>>[] = [];
  try {
    return await scenario.run({
      start: async (database) => {
        const server = await startServer(database === undefined ? {} : { database });
        started.push(server);
        return server;
      },
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    for (const server of started) await server.kill();
  }
}

function figuresOf(outcome: ServerOutcome | Error): string {
  if (outcome instanceof Error) return `failed: ${outcome.message}`;
  return Object.entries(outcome.figures)
    .map(([name, value]) => `${name}: ${typeof value === 'number' ? value.toLocaleString('en') : value}`)
    .join('; ');
}

function links(paths: readonly string[]): string {
  return paths.map((path) => `[${path}](../${path})`).join('<br>');
}

function page(measured: readonly (readonly string[])[]): string {
  const processor = cpus();
  const flags = [...(options.only ? ['--only', options.only] : []), '--write'].join(' ');
  const held = HELD_FAULTS.map(({ fault, expected, tests }) => [fault, expected, links(tests)]);
  const tried = TRIED_FAULTS.map(({ fault, expected, tests }) => [
    fault,
    expected,
    tests.map(([path, name]) => `[${name}](../${path})`).join('<br>'),
  ]);
  return `# Faults of the server

Written by \`npm run faults:server -- ${flags}\`; never edited by hand. The faults of the exporter are in [Faults](faults.md).

- ${processor.length} × ${processor[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.versions.node}
- The built server in its own process with its defaults, on SQLite; the senders and the probe run beside it on the same machine.
  One run for each row: counts can be repeated, times depend on the machine and the moment.

## Measured

${markdownTable(['', 'Fault', 'Load', 'Expected', 'Held', 'Figures', 'Tested by'], measured)}

## Held by tests

${markdownTable(['Fault', 'Expected', 'Tested by'], held)}

## Tried by hand

What once broke the server, or was tried and did not. Each line stands for its kind.

${markdownTable(['Tried', 'Expected', 'Tests'], tried)}
`;
}
