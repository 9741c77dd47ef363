import fs from 'node:fs';
import { expect, it } from 'vitest';
import { rateLimitedLog } from '../log.js';
import { FakeClock } from '../testing/fake-clock.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { Adoption } from './adoption.js';
import { SpoolDirectory } from './directory.js';
import { Journal } from './journal.js';
import { thisHolder } from './owner.js';

it('A journal that cannot be opened does not keep those after it from being taken over', async () => {
  const directory = new SpoolDirectory(temporaryDirectory());
  const clock = new FakeClock();
  const open = (journal: { readonly origin: string; readonly path: string }): Journal =>
    new Journal({ ...journal, directory, clock, maxSegmentBytes: 1_000 });
  const origins = ['1', '2'].map((created) => `${created.padStart(15, '0')}-${'0'.repeat(16)}`);
  for (const origin of origins) {
    const journal = open({ origin, path: directory.create({ origin, holder: undefined }) });
    journal.append(Buffer.from(origin), 1);
    journal.release();
  }
  const lines: string[] = [];
  const adoption = new Adoption({
    directory,
    holder: thisHolder(),
    open: (journal) => {
      if (journal.origin === origins[0]) throw new Error('EACCES: permission denied');
      return open(journal);
    },
    onReady: () => {},
    onDamage: () => {},
    clock,
    log: rateLimitedLog((line) => lines.push(line), clock),
  });
  await adoption.look();
  expect(String(await adoption.take()?.read())).toBe(origins[1]);
  adoption.stop();
  expect(lines).toEqual([expect.stringContaining('EACCES')]);
  expect(fs.readdirSync(directory.path)).toEqual(origins.map((origin) => `${origin}@free`));
});
