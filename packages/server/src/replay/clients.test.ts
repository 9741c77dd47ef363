import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import { clientRecordings } from '../testing/client-recordings.js';
import { clientsPage } from '../testing/clients-page.js';
import { inSession, shownIn, stored, summaryOf, words } from '../testing/shown.js';

const recordings = clientRecordings();

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

  it('ends in the same sessions, turns and totals in any order, grouping and repetition', async () => {
    const expected = new Map(
      await Promise.all(recordings.map(async (r) => [r.name, await shownIn(await stored([inSession(r)]))] as const)),
    );
    const delivery = fc.constantFrom(...recordings).chain((recording) => {
      const spans = inSession(recording);
      return fc.record({
        name: fc.constant(recording.name),
        spans: fc.shuffledSubarray([...spans, ...spans.slice(0, 5)], {
          minLength: spans.length + Math.min(5, spans.length),
        }),
        size: fc.integer({ min: 1, max: 8 }),
      });
    });
    await fc.assert(
      fc.asyncProperty(delivery, async ({ name, spans, size }) => {
        const batches: Observation[][] = [];
        for (let at = 0; at < spans.length; at += size) batches.push(spans.slice(at, at + size));
        expect(await shownIn(await stored(batches))).toEqual(expected.get(name));
      }),
      { numRuns: 100 },
    );
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
