import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import type { Store } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import { sqliteStore } from '../store/sqlite/index.js';
import { clientRecordings } from '../testing/client-recordings.js';
import { clientsPage } from '../testing/clients-page.js';
import { inSession, shownIn, stored, summaryOf, words } from '../testing/shown.js';

const recordings = clientRecordings();

const folder = mkdtempSync(join(tmpdir(), 'powerrag-clients-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
function freshPath(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

describe('what a real client sends', () => {
  it.each(recordings.map((recording) => [recording.name, recording] as const))(
    'is shown with its words, its tools, and each call counted once: %s',
    async (_name, recording) => {
      expect(await summaryOf(recording)).toEqual(recording.right);
    },
  );

  it('is shown without raw JSON and without a blank bubble', async () => {
    for (const recording of recordings) {
      const documents = await shownIn(await stored([inSession(recording)]));
      const messages = documents.flatMap(({ turns }) => turns).flatMap((turn) => turn.messages);
      for (const message of messages) {
        expect(
          message.parts.map(({ type }) => type),
          recording.name,
        ).not.toContain('json');
        expect(words(message), recording.name).not.toBe('');
      }
    }
  });

  it.each<[string, number, () => Store]>([
    ['in memory', 100, () => memoryStore()],
    ['in SQLite', 12, () => sqliteStore(freshPath())],
  ])(
    'ends in the same sessions, turns and totals in any order, grouping and repetition, %s',
    async (_, numRuns, open) => {
      const delivery = fc.constantFrom(...recordings).chain((recording) => {
        const spans = inSession(recording);
        const all = [...spans, ...spans.slice(0, 5)];
        return fc.record({
          spans: fc.constant(spans),
          sent: fc.shuffledSubarray(all, { minLength: all.length }),
          size: fc.integer({ min: 1, max: 8 }),
        });
      });
      await fc.assert(
        fc.asyncProperty(delivery, async ({ spans, sent, size }) => {
          const batches: Observation[][] = [];
          for (let at = 0; at < sent.length; at += size) batches.push(sent.slice(at, at + size));
          const [shuffled, once] = [open(), open()];
          expect(await shownIn(await stored(batches, shuffled))).toEqual(await shownIn(await stored([spans], once)));
          await Promise.all([shuffled.close(), once.close()]);
        }),
        { numRuns },
      );
    },
  );
});

describe('a recording of a client', () => {
  it('is made anew by a program, or says why none makes it', () => {
    const programs = readdirSync(new URL('../../../../tests/clients/programs', import.meta.url));
    const made = new Set(programs.map((file) => file.replace(/\.\w+$/, '')));
    const without = recordings.filter(({ name, notRemade }) => made.has(name) === (notRemade !== undefined));
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});

describe('docs/clients.md', () => {
  it('says what the recordings show; run vitest with -u on this file if not', async () => {
    const rows = await Promise.all(
      recordings.map(async (recording) => ({ ...recording, shown: await summaryOf(recording) })),
    );
    await expect(clientsPage(rows)).toMatchFileSnapshot('../../../../docs/clients.md');
  });
});
