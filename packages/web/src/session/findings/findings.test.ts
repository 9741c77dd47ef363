import type { Json, ReplayMessage, ReplayTurn } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation, observationDetails, replayDocument, turn, usage } from '../../testing/replay-document.js';
import { SessionHistory } from '../state/session-history.js';
import { turnWorks } from '../work/turn-work.js';
import { findingsOf } from './findings.js';

type Given = Parameters<typeof observation>[0];

function found(
  observations: readonly Given[],
  turns: readonly ReplayTurn[] = [turn({ startMs: 0 })],
  bodies: Readonly<
    Record<string, { readonly input?: Json; readonly output?: Json; readonly metadata?: Record<string, Json> }>
  > = {},
): string[] {
  const history = new SessionHistory(replayDocument(observations.map(observation), { turns }));
  return findingsOf({
    history,
    works: turnWorks(history),
    bodiesOf: (of) => (bodies[of.id] ? observationDetails(of, bodies[of.id]) : undefined),
  }).map(
    ({ tone, subject, says, evidence }) =>
      `${tone}: ${subject} ${says} (${evidence.map((e) => e.observationId ?? e.atMs)})`,
  );
}

const says = (role: 'user' | 'assistant', text: string): ReplayMessage => ({
  role,
  parts: [{ type: 'text', text }],
  atMs: 0,
  observationId: 'x',
});

describe('the findings of a session', () => {
  it('are none where nothing stands out', () => {
    expect(found([{ id: 'call', type: 'generation', startMs: 0 }])).toEqual([]);
  });

  it('name what failed, and whether it worked when it was tried again', () => {
    expect(
      found([
        { id: 'root', type: 'agent', level: 'ERROR', startMs: 0, endMs: 90 },
        { id: '1', parentId: 'root', name: 'lookup', level: 'ERROR', startMs: 0, endMs: 5 },
        { id: '2', parentId: 'root', name: 'lookup', startMs: 6, endMs: 9 },
        { id: '3', parentId: 'root', name: 'fetch', level: 'ERROR', startMs: 10, endMs: 19 },
      ]),
    ).toEqual(['danger: fetch failed (3)', 'warning: lookup failed, then worked (1)']);
  });

  it('name the slowest step, not what it ran in', () => {
    expect(
      found([
        { id: 'root', startMs: 0, endMs: 9_000 },
        { id: 'fast', parentId: 'root', startMs: 0, endMs: 100 },
        { id: 'slow', parentId: 'root', startMs: 200, endMs: 8_200 },
      ]),
    ).toEqual(['plain: slow was the slowest step, 8.00 s (slow)']);
  });

  it('name searches that found nothing', () => {
    const search: Given = { id: 's', name: 'search', type: 'retriever', startMs: 0 };
    expect(found([search], undefined, { s: { output: [] } })).toEqual(['warning: search found nothing (s)']);
    expect(found([search], undefined, { s: { output: ['a text'] } })).toEqual([]);
    expect(found([search], undefined, { s: { output: null } })).toEqual([]);
  });

  it.each([
    ['OpenAI', { choices: [{ finish_reason: 'length' }] }],
    ['Anthropic', { stop_reason: 'max_tokens' }],
    ['Google', { candidates: [{ finishReason: 'MAX_TOKENS' }] }],
  ])('name an answer that its limit cut off, as %s says it', (_, output) => {
    const call: Given = { id: 'c', name: 'call', model: 'm', type: 'generation', startMs: 0 };
    expect(found([call], undefined, { c: { output } })).toEqual(['danger: m was cut off by its length limit (c)']);
  });

  it('name a prompt that was sent again and again', () => {
    const calls = ['a', 'b', 'c'].map((id, n): Given => ({ id, name: 'call', type: 'generation', startMs: n * 200 }));
    const bodies = Object.fromEntries(calls.map(({ id }) => [id, { input: [{ role: 'user', content: 'Go.' }] }]));
    expect(found(calls, undefined, bodies)).toEqual(['warning: call was sent the same prompt 3 times (a,b,c)']);
  });

  const asked = (startMs: number, text: string, answer?: string) =>
    turn({
      startMs,
      traceId: `t${startMs}`,
      messages: [says('user', text), ...(answer ? [says('assistant', answer)] : [])],
    });

  it('name a question that was asked again, and one that got no answer', () => {
    expect(
      found(
        [],
        [
          asked(0, 'Do you have a charger for CH-18?', 'No.'),
          asked(5, 'Do you have any charger for CH-18?', 'Yes.'),
          asked(9, 'Thank you so much!'),
        ],
      ),
    ).toEqual(['danger:  Turn 3 gave no answer (9)', 'warning:  The user asked again in turn 2 (5)']);
  });

  it('name no turn without an answer where a session has none at all, since none is recorded', () => {
    expect(found([], [asked(0, 'Which files are here?'), asked(5, 'And there?')])).toEqual([]);
  });

  it.each([
    ['embedding', 'm'],
    ['generation', 'text-embedding-3-small'],
  ] as const)('ask for no answer where a turn had embeddings made: %s %s', (type, model) => {
    const call: Given = { id: 'e', traceId: 't5', type, model, startMs: 5 };
    expect(found([call], [asked(0, 'Hello?', 'Hello.'), asked(5, 'A text')])).toEqual([]);
  });

  it('name a turn that costs far more than the others', () => {
    const turns = [0.01, 0.012, 0.011, 0.09].map((totalCost, n) => turn({ startMs: n, traceId: `t${n}`, totalCost }));
    expect(found([], turns)).toEqual(['warning:  Turn 4 cost $0.0900, 8 times the usual (3)']);
  });

  it('name a context that is nearly full, and a cache that was lost', () => {
    const call = (id: string, startMs: number, tokens: number, cached: number): Given => {
      const details = { input: tokens - cached, input_cached_tokens: cached };
      return {
        id,
        startMs,
        type: 'generation',
        model: 'claude-x',
        usage: { ...usage(tokens, 0), total: tokens, output: 0, details },
      };
    };
    expect(found([call('a', 0, 90_000, 80_000), call('b', 200, 170_000, 0)])).toEqual([
      'warning: claude-x read 170k tokens, 85 % of its context (b)',
      'warning: claude-x lost its prompt cache (b)',
    ]);
  });

  it('name a long wait', () => {
    const root: Given = { id: 'root', type: 'agent', startMs: 0, endMs: 600_000 };
    expect(found([root], [turn({ startMs: 0, endMs: 600_000 })])).toEqual([
      'plain:  Turn 1 waited 10 min while no model or tool worked (0)',
    ]);
  });
});
