import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordingOf } from '../../packages/server/src/testing/client-recordings.js';
import { summaryOf } from '../../packages/server/src/testing/shown.js';
import { runToEnd } from '../support/child-process.js';
import { startCollector } from './collector.js';
import { CACHE, install } from './install.js';
import { startModel } from './model.js';
import { PROGRAMS, type Program, readProgram } from './program.js';
import { reduce } from './reduce.js';

/*
 * `npm run record:clients -- NAME…` makes recordings of clients anew: it installs a client from its registry into a folder of its
 * own under .cache, runs its program against a model that answers the same each time, and writes what the client sent, and what
 * the server shows of it, to packages/server/src/testing/clients/NAME.jsonl. Read what it shows before you commit it: the tests
 * hold the server to it.
 */

const RECORDINGS = join(import.meta.dirname, '../../packages/server/src/testing/clients');

async function record(program: Program): Promise<void> {
  const { command, args, versionOf } = await install(program);
  const model = await startModel();
  const collector = await startCollector();
  try {
    const exit = await runToEnd(command, args, {
      env: {
        MODEL_URL: model.url,
        OTLP_URL: collector.url,
        OPENAI_API_KEY: 'sk-none',
        OPENAI_API_BASE: `${model.url}/v1`,
        OPENAI_BASE_URL: `${model.url}/v1`,
        ANTHROPIC_API_KEY: 'sk-none',
        ANTHROPIC_BASE_URL: model.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        NO_PROXY: '127.0.0.1,localhost',
      },
    });
    if (exit.code !== 0) throw new Error(`${program.name} ended with ${exit.code}\n${exit.stdout}${exit.stderr}`);
    const { service, spans } = reduce(collector.spans());
    if (spans.length === 0) throw new Error(`${program.name} sent no span\n${exit.stdout}${exit.stderr}`);
    const about = {
      client: program.client,
      version: versionOf(program.version),
      ...(program.note === undefined ? {} : { note: program.note }),
      service,
    };
    // Stack traces name the folder of whoever recorded them.
    const lines = spans.map((span) => JSON.stringify(span).replaceAll(CACHE, ''));
    const right = await summaryOf(recordingOf(program.name, [JSON.stringify(about), ...lines].join('\n')));
    writeFileSync(
      join(RECORDINGS, `${program.name}.jsonl`),
      `${[JSON.stringify({ ...about, right }), ...lines].join('\n')}\n`,
    );
    console.log(`${program.name}: ${lines.length} spans. The server shows:\n${JSON.stringify(right, null, 2)}`);
  } finally {
    await Promise.all([model.close(), collector.close()]);
  }
}

const names = process.argv.slice(2);
const known = readdirSync(PROGRAMS).filter((file) => !file.startsWith('_'));
const chosen = known.filter((file) => names.includes(file.replace(/\.\w+$/, '')));
if (chosen.length < Math.max(names.length, 1)) {
  console.error(`Name clients to record: ${known.map((file) => file.replace(/\.\w+$/, '')).join(', ')}`);
  process.exitCode = 1;
} else for (const file of chosen) await record(readProgram(file));
