import { describe, expect, it } from 'vitest';
import { digestTrace } from '../../digest/index.js';
import type { Observation } from '../../observation/observation.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { anObservation, spanId, traceId } from '../testing.js';
import { anyDriver } from './driver.js';
import { sqliteStore } from './index.js';

const TURNS = 50;

/** Words of a vocabulary of 4,000 in which, as in a language, the word of rank r is about 1/r as frequent as the first. */
function words(seed: number, count: number): string {
  let state = seed * 2_654_435_761;
  const word = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const rank = Math.floor(4_000 ** (state / 2 ** 32));
    return (rank * 7_919).toString(36);
  };
  return Array.from({ length: count }, word).join(' ');
}

/** A chat whose every call of the model carries the history, as applications send it. */
function aChat(number: number): Observation[] {
  const history: { role: string; content: string }[] = [{ role: 'system', content: words(1, 400) }];
  return Array.from({ length: TURNS }, (_, turn) => {
    const seed = number * 1_000 + turn * 2 + 2;
    const [question, answer] = [words(seed, 25), words(seed + 1, 250)];
    history.push({ role: 'user', content: question });
    const input = JSON.stringify(history);
    history.push({ role: 'assistant', content: answer });
    const common = { traceId: traceId(number * TURNS + turn + 1), startMs: turn * 1_000, endMs: turn * 1_000 + 900 };
    return [
      anObservation({
        ...common,
        id: spanId(1),
        trace: { sessionId: `chat ${number}` },
        body: { input: question, output: answer },
      }),
      anObservation({
        ...{ ...common, id: spanId(2), parentId: spanId(1), type: 'generation', model: 'm', usage: { total: 900 } },
        body: { input, output: JSON.stringify({ role: 'assistant', content: answer }) },
      }),
    ];
  }).flat();
}

/** Without the free pages, which what comes next uses. */
function usedBytes(file: string): number {
  const database = anyDriver()(file, { readOnly: true });
  try {
    const { bytes } = database
      .prepare(
        'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
      )
      .get() as { bytes: number };
    return bytes;
  } finally {
    database.close();
  }
}

describe('a chat of 50 turns that each carry the history', () => {
  it.each([
    ['without search', undefined, 0.2],
    ['with search', digestTrace, 0.2],
  ])('takes a part of its JSON on disk, %s at most %d', async (_how, digest, most) => {
    const file = `${temporaryFolder()}/store.db`;
    const chats = [0, 1, 2, 3].map(aChat);
    const sizes: number[] = [];
    for (const chat of chats) {
      const store = sqliteStore(file, anyDriver(), undefined, digest && { digestTrace: digest });
      for (let turn = 0; turn < TURNS; turn++) await store.write('p', chat.slice(turn * 2, turn * 2 + 2));
      await store.digested();
      await store.close();
      sizes.push(usedBytes(file));
    }
    // Of the first chat a part is the empty database.
    const taken = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
    expect(taken / JSON.stringify(chats.slice(1)).length).toBeLessThanOrEqual(most);
  });
});
