import type { SearchResult } from '@powerrag/protocol';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestTrace } from '../digest/index.js';
import { aTurn } from '../digest/testing.js';
import { memoryStore } from '../store/memory.js';
import { signedIn } from '../testing/signed-in.js';
import { createReadApi } from './index.js';

let store: ReturnType<typeof memoryStore>;

beforeEach(async () => {
  store = memoryStore(digestTrace);
  for (const [n, question] of ['May I return it?', 'Returns by post?', 'How late are you open?'].entries()) {
    const answer = n === 0 ? 'Yes & <b>no</b>.' : 'Yes.';
    await store.write('default', aTurn({ trace: n + 1, sessionId: `s${n + 1}`, question, answer }));
  }
});

async function search(fields: Record<string, string>) {
  const path = `/api/v1/search?${new URLSearchParams(fields)}`;
  const response = await signedIn(createReadApi({ reader: store, searcher: store })).request(path);
  return { status: response.status, body: (await response.json()) as Answer };
}

interface Answer {
  readonly data: readonly SearchResult[];
  readonly nextCursor: string | null;
  readonly message?: string;
}

describe('search', () => {
  it('finds sessions with what was found in them as plain text and places in it', async () => {
    const { status, body } = await search({ q: 'no' });
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      { session: { id: 's1', name: 'May I return it?' }, matches: [{ kind: 'answer', text: 'Yes & <b>no</b>.' }] },
    ]);
    const match = body.data[0]?.matches[0];
    expect(match?.ranges.map(([start, end]) => match.text.slice(start, end))).toEqual(['no']);
  });

  it('comes in pages, each naming the next', async () => {
    const first = await search({ q: 'return', limit: '1' });
    expect(first.body.data.map(({ session }) => session.id)).toEqual(['s2']);
    const next = await search({ q: 'return', limit: '1', cursor: first.body.nextCursor ?? '' });
    expect(next.body).toMatchObject({ data: [{ session: { id: 's1' } }], nextCursor: null });
  });

  it('looks where it is told to', async () => {
    expect((await search({ q: 'yes', kind: 'question' })).body.data).toEqual([]);
    expect((await search({ q: 'look_up_order', kind: 'tool,error' })).body.data).toHaveLength(3);
  });

  it.each([
    [{ q: 'x'.repeat(1_001) }, 'q takes at most 1000 characters, got 1001.'],
    [
      { q: Array.from({ length: 33 }, (_, n) => `w${n}`).join(' ') },
      'q takes at most 32 words, got 33; leave some out.',
    ],
    [{ q: 'a', kind: 'anywhere' }, 'kind must be some of question, answer, tool, error, observation, got "anywhere".'],
  ])('says what is wrong with %j', async (fields, message) => {
    expect(await search(fields)).toEqual({ status: 400, body: { message } });
  });

  it('finds nothing for a query without words', async () => {
    for (const q of ['', ' ', '?!']) expect((await search({ q })).body).toEqual({ data: [], nextCursor: null });
  });

  it('answers any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (q) => {
        expect((await search({ q })).status).toBe(200);
      }),
    );
  });
});
