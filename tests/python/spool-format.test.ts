import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runToEnd } from '../support/child-process.js';
import { Emitter } from '../support/emitter.js';
import { NOWHERE } from '../support/spool.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface ReadJournal {
  readonly holder: string;
  readonly spans: number;
  readonly damaged: number;
  readonly bodies: readonly string[];
}

async function readWithPython(spoolDirectory: string): Promise<ReadJournal[]> {
  const program = join(import.meta.dirname, 'programs/read_spool.py');
  const { code, stderr, stdout } = await runToEnd('python3', [program, spoolDirectory]);
  if (code !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

it('a reader that was written from docs/spool-format.md finds every span in the spool, and where it is torn', async () => {
  const spoolDirectory = join(temporaryFolder(), 'spool');
  const emitter = new Emitter(NOWHERE, 'spool format', { spoolDirectory, flushAt: 100 });
  emitter.emit(1_000);
  await emitter.processor.shutdown({ timeoutMs: 10 });
  expect(emitter.processor.stats().spooled).toBe(1_000);

  const [journal, ...others] = await readWithPython(spoolDirectory);
  expect(others).toEqual([]);
  expect(journal).toMatchObject({ holder: 'free', spans: 1_000, damaged: 0 });
  const bytes = journal?.bodies.join('') ?? '';
  expect(emitter.emitted.filter((id) => !bytes.includes(id))).toEqual([]);

  const folder = join(spoolDirectory, readdirSync(spoolDirectory)[0] ?? '');
  const segment = join(folder, readdirSync(folder)[0] ?? '');
  truncateSync(segment, statSync(segment).size - 1);
  const [torn] = await readWithPython(spoolDirectory);
  expect(torn).toMatchObject({ damaged: 1, bodies: journal?.bodies.slice(0, -1) });
});
