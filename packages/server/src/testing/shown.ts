import type { Message, ReplayDocument } from '@powerrag/protocol';
import type { Observation } from '../observation/observation.js';
import { bodiesToRead, bodyKey, readBody, toMessages, toReplay } from '../replay/index.js';
import type { Store } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import type { ClientRecording } from './client-recordings.js';

const PROJECT = 'p';

/** What is shown of a recording, as far as the page says it. */
export interface ClientRow {
  readonly sessions: readonly string[];
  readonly users: readonly string[];
  readonly tags: readonly string[];
  readonly types: readonly string[];
  readonly turns: readonly string[];
  readonly tools: string;
  readonly models: readonly string[];
  readonly calls: number;
  readonly tokens: number;
  readonly kinds: readonly string[];
  readonly cost: string;
  readonly firstTokens: number;
  readonly errors: number;
}

/** What a person sees of a recording: its sessions, and the traces that are in none. Without revisions: they tell how often it was written. */
export async function shownIn(store: Store): Promise<ReplayDocument[]> {
  const { sessions } = await store.listSessions(PROJECT, { limit: 100, sort: 'start' });
  return Promise.all(
    sessions.toReversed().map(async (session) => {
      const observations = await store.listObservations(PROJECT, { sessionId: session.id });
      const { traces } = await store.listTraces(PROJECT, { sessionId: session.id });
      const keys = bodiesToRead(traces, observations);
      const bodies = await store.readBodies(PROJECT, keys);
      return toReplay(
        { ...session, revision: 0 },
        traces,
        observations,
        new Map(keys.map((key, n) => [bodyKey(key), bodies[n] ?? null])),
      );
    }),
  );
}

export async function stored(
  batches: readonly (readonly Observation[])[],
  store: Store = memoryStore(),
): Promise<Store> {
  for (const batch of batches) await store.write(PROJECT, batch);
  return store;
}

/** A recording without a session is shown under one, so that the rest of it is held against what is right too. */
export function inSession({ observations }: ClientRecording): readonly Observation[] {
  if (observations.some(({ trace }) => trace.sessionId !== undefined)) return observations;
  return observations.map((observation) => ({ ...observation, trace: { ...observation.trace, sessionId: '(none)' } }));
}

export function words({ parts }: Message): string {
  return parts
    .map((part) => (part.type === 'text' ? part.text.trim() : part.type === 'tool_call' ? `[${part.name}]` : part.type))
    .join(' ');
}

/** In the calls of models: the calls of tools that were sent back to one, and of these the ones with a result. */
function toolsIn(observations: readonly Observation[]) {
  const calls = new Set<string>();
  const results = new Set<string>();
  for (const { type, body } of observations) {
    if (type !== 'generation') continue;
    const messages = (
      [
        ['input', body.input],
        ['output', body.output],
      ] as const
    ).flatMap(([side, text]) => (text === null ? [] : (toMessages(readBody(text), side) ?? [])));
    for (const part of messages.flatMap(({ parts }) => parts)) {
      if (part.type === 'tool_call') calls.add(part.id ?? part.name);
      if (part.type === 'tool_result' && part.name !== null) results.add(part.id ?? part.name);
    }
  }
  return `${[...results].filter((id) => calls.has(id)).length} of ${results.size}`;
}

export async function summaryOf(recording: ClientRecording): Promise<ClientRow> {
  const documents = await shownIn(await stored([inSession(recording)]));
  const all = documents.flatMap(({ observations }) => observations);
  const traces = documents.flatMap((document) => document.traces);
  const counted = all.filter(({ countedTokens }) => countedTokens > 0);
  const distinct = (values: readonly (string | null)[]) =>
    [...new Set(values.filter((value) => value !== null))].sort();
  const sent = (test: (o: Observation) => boolean) => recording.observations.some(test);
  return {
    sessions: documents.map(({ session }) => session.id),
    users: distinct(traces.map(({ userId }) => userId)),
    tags: distinct(traces.flatMap(({ tags }) => tags)),
    types: distinct(all.map(({ type }) => type)),
    turns: documents
      .flatMap((document) => document.turns)
      .map(({ messages }) => {
        const by = (role: string) =>
          messages
            .filter((message) => message.role === role)
            .map(words)
            .join(' / ');
        return `${by('user')} → ${by('assistant')}`;
      }),
    tools: toolsIn(recording.observations),
    models: distinct(all.map(({ model }) => model)),
    calls: counted.length,
    tokens: documents.reduce((sum, { session }) => sum + session.totalTokens, 0),
    kinds: distinct(recording.observations.flatMap(({ usage }) => Object.keys(usage))),
    cost: [
      ...(sent(({ cost, costEstimated }) => (cost.total ?? 0) > 0 && !costEstimated) ? ['sent'] : []),
      ...(sent(({ costEstimated }) => costEstimated) ? ['estimated'] : []),
    ].join(', '),
    firstTokens: all.filter(({ firstTokenMs }) => firstTokenMs !== null).length,
    errors: all.filter(({ level }) => level === 'ERROR').length,
  };
}
