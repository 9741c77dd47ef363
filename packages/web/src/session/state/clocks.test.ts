import { describe, expect, it } from 'vitest';
import { observation, replayDocument, turn } from '../../testing/replay-document.js';
import { alignedClocks } from './clocks.js';

const HOUR_MS = 3_600_000;

/** A gateway that calls an agent, whose clock is off by so much; the agent calls a model. */
function call(traceId: string, startMs: number, offMs: number) {
  return [
    observation({ id: 'root', traceId, startMs, endMs: startMs + 1_000, service: 'gateway' }),
    observation({
      ...{ id: 'agent', traceId, parentId: 'root', depth: 1, service: 'agent' },
      ...{ startMs: startMs + 200 + offMs, endMs: startMs + 800 + offMs },
    }),
    observation({
      ...{ id: 'model', traceId, parentId: 'agent', depth: 2, service: 'agent' },
      ...{ startMs: startMs + 300 + offMs, endMs: startMs + 700 + offMs, firstTokenMs: startMs + 400 + offMs },
    }),
  ].sort((a, b) => a.startMs - b.startMs);
}

/** A document as the server lays it out: from the first start on. */
function documentOf(...calls: readonly ReturnType<typeof call>[]) {
  const observations = calls.flat().sort((a, b) => a.startMs - b.startMs);
  return replayDocument(observations);
}

function timesOf(document: ReturnType<typeof documentOf>, traceId: string) {
  return Object.fromEntries(
    document.observations.filter((o) => o.traceId === traceId).map((o) => [o.id, [o.startMs, o.endMs]]),
  );
}

describe('alignedClocks', () => {
  it('a document whose clocks agree is the same object', () => {
    const document = documentOf(call('a', 0, 0), call('b', 5_000, 20));
    expect(alignedClocks(document)).toBe(document);
  });

  it('a service whose clock is slow is moved into its caller, with all that it called', () => {
    const aligned = alignedClocks(documentOf(call('a', 2 * HOUR_MS, -HOUR_MS)));
    expect(timesOf(aligned, 'a')).toEqual({ root: [0, 1_000], agent: [200, 800], model: [300, 700] });
    expect(aligned.observations.find(({ id }) => id === 'model')?.firstTokenMs).toBe(400);
    expect(aligned.durationMs).toBe(1_000);
    expect(aligned.startedAtMs).toBe(documentOf(call('a', 2 * HOUR_MS, -HOUR_MS)).startedAtMs + 2 * HOUR_MS);
  });

  it('a service whose clock is fast is moved when each of its calls is late by the same time', () => {
    const aligned = alignedClocks(documentOf(call('a', 0, HOUR_MS), call('b', 60_000, HOUR_MS)));
    expect(timesOf(aligned, 'a')).toEqual({ root: [0, 1_000], agent: [200, 800], model: [300, 700] });
    expect(timesOf(aligned, 'b')).toMatchObject({ agent: [60_200, 60_800] });
  });

  it('jobs from a queue, each of which waited as long as it had to, stay where they are', () => {
    const document = documentOf(call('a', 0, 5_000), call('b', 60_000, 90_000));
    expect(alignedClocks(document)).toBe(document);
  });

  it('a call that goes on after its caller ended stays where it is', () => {
    const document = replayDocument([
      observation({ id: 'root', startMs: 0, endMs: 100, service: 'gateway' }),
      observation({ id: 'job', startMs: 50, endMs: 9_000, parentId: 'root', depth: 1, service: 'worker' }),
    ]);
    expect(alignedClocks(document)).toBe(document);
  });

  it('turns stand in the order of their roots, and what was said moves with what it was read from', () => {
    const document = documentOf(call('a', 2 * HOUR_MS, 0), call('b', 2 * HOUR_MS + 60_000, -HOUR_MS));
    const said = {
      role: 'assistant',
      parts: [{ type: 'text', text: 'Paris' }],
      observationId: 'model',
    } as const;
    const aligned = alignedClocks({
      ...document,
      turns: [
        turn({ traceId: 'b', startMs: HOUR_MS + 60_200, messages: [{ ...said, atMs: HOUR_MS + 60_700 }] }),
        turn({ traceId: 'a', startMs: 2 * HOUR_MS }),
      ],
    });
    expect(aligned.turns.map(({ traceId, startMs }) => [traceId, startMs])).toEqual([
      ['a', 0],
      ['b', 60_000],
    ]);
    expect(aligned.turns[1]?.messages[0]?.atMs).toBe(60_700);
    expect(aligned.traces.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
