import type { Json, ReplayDocument, ReplayTurn } from '@powerrag/protocol';
import type { ObservationBody } from '../../observation/observation.js';
import type { StoredObservation, StoredTrace } from '../../store/contract.js';
import { bodyKey, toReplay } from '../index.js';
import { session, storedObservation, storedTrace } from '../testing.js';

/** An observation with input and output, for tests of turns. */
export interface Spoken {
  readonly observation: StoredObservation;
  readonly body: ObservationBody;
}

type Words = Partial<Omit<StoredObservation, 'id'>> & { readonly input?: Json; readonly output?: Json };

export const user = (content: string) => ({ role: 'user', content });
export const assistant = (content: string) => ({ role: 'assistant', content });
export const system = (content: string) => ({ role: 'system', content });
export const toolCall = (name: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: name, type: 'function', function: { name, arguments: '{}' } }],
});
export const toolResult = (name: string, content: string) => ({ role: 'tool', tool_call_id: name, content });

export function spoken(id: string, { input, output, ...others }: Words = {}): Spoken {
  const text = (value: Json | undefined) => (value === undefined ? null : JSON.stringify(value));
  return {
    observation: storedObservation(id, { traceId: 't1', ...others }),
    body: { input: text(input), output: text(output), metadata: {}, events: [] },
  };
}

/** A root without input and output, from 0 to 100 seconds. */
export function root(words: Words = {}): Spoken {
  return spoken('root', { startMs: 0, endMs: 100_000, ...words });
}

/** A model call below the root, of one second. */
export function call(id: string, startMs: number, input: Json, output?: Json, others: Words = {}): Spoken {
  const words = { input, ...(output === undefined ? {} : { output }) };
  return spoken(id, { type: 'generation', parentId: 'root', startMs, endMs: startMs + 1_000, ...words, ...others });
}

export function replayOf(all: readonly Spoken[], nowMs?: number, ofTrace: Partial<StoredTrace> = {}): ReplayDocument {
  const bounds = new Map<string, { startMs: number; endMs: number }>();
  for (const {
    observation: { traceId, startMs, endMs },
  } of all) {
    const known = bounds.get(traceId) ?? { startMs, endMs: startMs };
    const latest = Math.max(known.endMs, endMs ?? startMs);
    bounds.set(traceId, { startMs: Math.min(known.startMs, startMs), endMs: latest });
  }
  const traces = [...bounds].map(([id, times]) => storedTrace(id, { ...times, ...ofTrace }));
  const bodies = new Map(all.map(({ observation, body }) => [bodyKey(observation), body]));
  const observations = all.map(({ observation }) => observation);
  return toReplay(session, traces, observations, bodies, nowMs);
}

/** The messages of each turn, one per line. */
export function saidIn(all: readonly Spoken[], nowMs?: number): string[][] {
  return replayOf(all, nowMs).turns.map(linesOf);
}

export function linesOf({ messages }: ReplayTurn): string[] {
  return messages.map(({ role, parts }) => {
    const said = parts.map((part) => ('text' in part ? part.text : JSON.stringify(part)));
    return `${role}: ${said.join(' ')}`;
  });
}
