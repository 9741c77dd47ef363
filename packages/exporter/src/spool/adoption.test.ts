import fs from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { rateLimitedLog } from '../report/log.js';
import { FakeClock } from '../testing/fake-clock.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { Adoption } from './adoption.js';
import { SpoolDirectory } from './directory/directory.js';
import { thisHolder } from './directory/owner.js';
import { Journal } from './journal/journal.js';

const origins = ['1', '2'].map((created) => `${created.padStart(15, '0')}-${'0'.repeat(16)}`);

/** Two journals that processes have left, each with one batch, which is its name. */
function setUp(open: (journal: Journal) => Journal = (journal) => journal) {
  const directory = new SpoolDirectory(temporaryDirectory());
  const clock = new FakeClock();
  const journalOf = (journal: { readonly origin: string; readonly path: string }): Journal =>
    new Journal({ ...journal, directory, clock, maxSegmentBytes: 1_000 });
  for (const origin of origins) {
    const journal = journalOf({ origin, path: directory.create({ origin, holder: undefined }) });
    journal.append(Buffer.from(origin), 1);
    journal.release();
  }
  const lines: string[] = [];
  const adoption = new Adoption({
    directory,
    holder: thisHolder(),
    open: (journal) => open(journalOf(journal)),
    onReady: () => {},
    onDamage: () => {},
    clock,
    log: rateLimitedLog((line) => lines.push(line), clock),
  });
  onTestFinished(() => adoption.stop());
  return { adoption, directory, lines };
}

it('a journal that cannot be opened does not block the next ones', async () => {
  const { adoption, directory, lines } = setUp((journal) => {
    if (journal.origin === origins[0]) throw new Error('EACCES: permission denied');
    return journal;
  });
  await adoption.look();
  expect(String(await adoption.take()?.read())).toBe(origins[1]);
  adoption.stop();
  expect(lines).toEqual([expect.stringContaining('EACCES')]);
  expect(fs.readdirSync(directory.path)).toEqual(origins.map((origin) => `${origin}@free`));
});

it('a journal that could not be read without a free file handle is read later', async () => {
  const { adoption } = setUp();
  const open = vi.spyOn(fs.promises, 'open');
  onTestFinished(() => open.mockRestore());
  open.mockRejectedValueOnce(Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }));
  await adoption.look();
  expect(adoption.isReady).toBe(false);
  await adoption.look();
  expect(String(await adoption.take()?.read())).toBe(origins[0]);
});
