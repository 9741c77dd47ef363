import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestWithLogWords } from '../logs/join-words.js';
import type { Observation } from '../observation/observation.js';
import type { SearchableStore } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import type { SearchQuery } from '../store/search.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { digestTrace } from './index.js';
import { conversations, QUERIES } from './said.testing.js';
import { aTurn } from './testing.js';

const withLogs = digestWithLogWords(digestTrace);

/** A memory store, which computes names and words at each read. */
export function digestingMemory() {
  return memoryStore(withLogs);
}

/**
 * Names and search, the same for every store. `open` returns an empty store with these digests.
 *
 * @param runs of each property. Default: the property's own number.
 */
export function describeDigests(
  name: string,
  open: (digest: typeof withLogs) => Promise<SearchableStore>,
  runs?: number,
): void {
  describe(`names and search in ${name}`, () => {
    let store: SearchableStore;
    beforeEach(async () => {
      store = await open(withLogs);
    });
    afterEach(() => store.close());

    const write = async (...batch: readonly Observation[]) => {
      await store.write('p', batch);
      await store.digested();
    };
    const turn = (trace: number, sessionId: string, question: string, answer = 'Yes.') =>
      aTurn({ trace, sessionId, question, answer });
    const search = (text: string, query: Partial<SearchQuery> = {}, project = 'p') =>
      store.searchSessions(project, { text, limit: 10, ...query });
    const found = async (...query: Parameters<typeof search>) =>
      (await search(...query)).results.map(({ session }) => session.id);

    it('lists the names of sessions', async () => {
      await write(...turn(1, 's', 'May I return it?', 'Yes.'), ...turn(2, 's', 'How?', 'By post.'));
      const { sessions } = await store.listSessions('p', { limit: 10 });
      expect(sessions).toMatchObject([{ name: 'May I return it?', lastAnswer: 'By post.', turnCount: 2 }]);
    });

    it('finds sessions, latest activity first, with the matching texts', async () => {
      await write(...turn(1, 'old', 'May I return shoes?'), ...turn(2, 'new', 'May I return it?'));
      const { results, nextCursor } = await search('RETURN');
      expect(nextCursor).toBeNull();
      expect(results).toMatchObject([
        {
          session: { id: 'new', name: 'May I return it?' },
          matches: [
            { traceId: traceId(2), observationId: spanId(3), kind: 'question', atMs: 2_000, ranges: [[6, 12]] },
          ],
        },
        { session: { id: 'old' }, matches: [{ text: 'May I return shoes?' }] },
      ]);
    });

    it('finds short texts, and nothing of another project', async () => {
      await write(...turn(1, 's', 'AI?', 'Ja'));
      expect(await found('ai')).toEqual(['s']);
      expect(await found('ja')).toEqual(['s']);
      expect(await found('ai', {}, 'other')).toEqual([]);
    });

    it('searches only the requested kinds of text', async () => {
      await write(...turn(1, 'asked', 'A refund?'), ...turn(2, 'answered', 'What?', 'A refund.'));
      expect(await found('refund', { kinds: ['answer'] })).toEqual(['answered']);
      expect(await found('refund', { kinds: ['tool', 'error'] })).toEqual([]);
      expect(await found('refund', { kinds: [] })).toEqual([]);
    });

    it('searches only the sessions that match a filter', async () => {
      const [root, ...others] = turn(1, 'of-ann', 'A refund?');
      if (root === undefined) throw new Error('a turn has a root');
      await write({ ...root, trace: { ...root.trace, userId: 'ann' } }, ...others, ...turn(2, 's', 'A refund?'));
      expect(await found('refund', { filter: { userId: ['ann'] } })).toEqual(['of-ann']);
    });

    it('comes in pages that together have every session once', async () => {
      for (let n = 1; n <= 7; n++) await write(...turn(n, `s${n}`, n % 2 === 0 ? 'A refund?' : 'Refunds, please'));
      const pages: string[][] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { results, nextCursor } = await search('refund', { limit: 3, ...(cursor !== undefined && { cursor }) });
        pages.push(results.map(({ session }) => session.id));
        cursor = nextCursor;
      }
      expect(pages).toEqual([['s7', 's6', 's5'], ['s4', 's3', 's2'], ['s1']]);
    });

    it('does not find words of a version that was replaced', async () => {
      const say = (question: string, endMs: number) => ({
        ...anObservation({ endMs, trace: { sessionId: 's' }, body: { input: JSON.stringify(question) } }),
      });
      await write(say('first words', 1_001));
      expect(await found('first')).toEqual(['s']);
      await write(say('other words', 1_002));
      expect(await found('first')).toEqual([]);
      expect(await found('other words')).toEqual(['s']);
    });

    it('follows a trace that moves to another session', async () => {
      await write(...turn(1, 'before', 'May I return it?'));
      await write(anObservation({ traceId: traceId(1), id: spanId(9), endMs: 9_000, trace: { sessionId: 'after' } }));
      expect(await found('return')).toEqual(['after']);
      expect(await store.getSession('p', 'after')).toMatchObject({ name: 'May I return it?', turnCount: 1 });
    });

    it('finds text that is only in logs, whether logs or spans came first', async () => {
      const event = (trace: number, content: string) => ({
        ...{ traceId: traceId(trace), id: spanId(1), key: 'k', place: 0, name: 'gen_ai.user.message', timeMs: 1 },
        attributes: { content, role: 'user' },
      });
      const silent = (trace: number) =>
        anObservation({
          ...{ traceId: traceId(trace), id: spanId(1), type: 'generation', trace: { sessionId: `s${trace}` } },
        });
      await store.writeLogEvents('p', [event(1, 'said before')]);
      await write(silent(1), silent(2));
      await store.writeLogEvents('p', [event(2, 'said afterwards')]);
      await store.digested();
      expect(await found('said')).toEqual(['s2', 's1']);
    });

    it('accepts any text, and any cursor that it returned', async () => {
      await write(...turn(1, 's', 'a "b" c* (d) AND NOT {e}: ^f + g NEAR(h, 2)'));
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc
          .array(few('"', '*', 'AND', 'NOT', 'NEAR(', ')', '{', '}:', '^', '-', 'a', '.', "'", ';--', '\0'), {})
          .map((parts) => parts.join(' ')),
      );
      await fc.assert(
        fc.asyncProperty(text, async (any) => {
          expect((await search(any)).results.length).toBeLessThanOrEqual(1);
        }),
        { numRuns: runs ?? 300 },
      );
    });

    it('are, after any deliveries, the same as in the memory store, which computes them at each read', async () => {
      const [memory, other] = [digestingMemory(), await open(withLogs)];
      let projects = 0;
      await fc.assert(
        fc.asyncProperty(conversations, async (deliveries) => {
          const project = `p${projects++}`;
          for (const { batch, isDigested } of deliveries) {
            await memory.write(project, batch);
            await other.write(project, batch);
            if (isDigested) await other.digested();
          }
          await other.digested();
          expect(unnumbered(await readOut(other, project))).toEqual(unnumbered(await readOut(memory, project)));
        }),
        { numRuns: runs ?? 50 },
      );
      await other.close();
    });
  });
}

function few<T>(...values: T[]) {
  return fc.constantFrom(...values);
}

/** Without revisions, which each store numbers differently. */
function unnumbered(answers: unknown): unknown {
  return JSON.parse(JSON.stringify(answers, (key, value) => (key === 'revision' ? undefined : value)));
}

/** Everything that is derived from words. */
async function readOut(store: SearchableStore, project: string) {
  const { sessions } = await store.listSessions(project, { limit: 100 });
  const search = (text: string) => store.searchSessions(project, { text, limit: 100 });
  return { sessions, found: await Promise.all(QUERIES.map(search)) };
}
