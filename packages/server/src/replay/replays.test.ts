import { mergeChange, mergePage, type ReplayDocument } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import type { Annotation } from '../store/annotations.js';
import type { Store } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { bodiesToRead, bodyKey, Replays, toReplay } from './index.js';

const PROJECT = 'p';
const SESSION = 's';

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const said = few('What is up?', 'Hello there, who are you?', `${'long '.repeat(900)}end`);

/** Model calls, tools and spans of few ids in few traces and two sessions, with histories that quote each other. */
const observation: fc.Arbitrary<Observation> = fc
  .record({
    traceId: few(traceId(1), traceId(2), traceId(3), traceId(4)),
    id: few(...[1, 2, 3, 4, 5, 6].map(spanId)),
    parentId: few(null, spanId(1), spanId(2), spanId(9)),
    type: few('generation' as const, 'generation' as const, 'tool' as const, 'span' as const),
    name: few('a', 'b'),
    service: few(null, 'api', 'worker'),
    model: few(null, 'm1', 'm2'),
    level: few('DEFAULT' as const, 'ERROR' as const),
    startMs: fc.integer({ min: 1_000, max: 9_000 }),
    lengthMs: few(null, 0, 5, 700, 4_000),
    session: few(SESSION, SESSION, SESSION, undefined, 'other'),
    history: fc.array(fc.tuple(said, said), { maxLength: 2 }),
    asked: said,
    answered: few(null, 'Fine.', 'I am a program.', '{"answer": 1}'),
    total: few(0, 7),
  })
  .map(({ lengthMs, session, history, asked, answered, total, ...rest }) => {
    const before = history.flatMap(([user, assistant]) => [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ]);
    return anObservation({
      ...rest,
      endMs: lengthMs === null ? null : rest.startMs + lengthMs,
      usage: { total, input: total },
      trace: session === undefined ? {} : { sessionId: session },
      body: { input: JSON.stringify([...before, { role: 'user', content: asked }]), output: answered },
    });
  });

/** What happens one after the other: batches, and how much later. */
const history = fc.array(
  fc.record({
    batch: fc.array(observation, { minLength: 1, maxLength: 4 }),
    scored: fc.boolean(),
    laterMs: few(1, 100, 60_000, 130_000),
  }),
  { minLength: 1, maxLength: 8 },
);

const score: Annotation = {
  ...{ kind: 'score', id: 'x', sessionId: null, traceId: traceId(1), observationId: null, timeMs: 1, name: 'good' },
  ...{ source: { traceId: null, observationId: null }, dataType: 'NUMERIC', value: 1, stringValue: null, text: null },
  ...{ origin: 'API', environment: null, authorUserId: null, metadata: {} },
};

/** The whole session, made at once from everything that is stored. */
async function wholeOf(store: Store, nowMs: number): Promise<ReplayDocument | null> {
  const session = await store.getSession(PROJECT, SESSION);
  if (session === null) return null;
  const observations = await store.listObservations(PROJECT, { sessionId: SESSION });
  const { traces } = await store.listTraces(PROJECT, { sessionId: SESSION });
  const keys = bodiesToRead(traces, observations);
  const bodies = await store.readBodies(PROJECT, keys);
  const byKey = new Map(keys.map((key, n) => [bodyKey(key), bodies[n] ?? null]));
  return toReplay(session, traces, observations, byKey, nowMs);
}

/** A client that keeps a document up to date by pages and changes. */
async function upToDate(replays: Replays, document: ReplayDocument | null): Promise<ReplayDocument | null> {
  if (document === null) return withAllPages(replays, await replays.document(PROJECT, SESSION, 2));
  const answer = await replays.changes(PROJECT, SESSION, document);
  if (answer === null) return null;
  let current: ReplayDocument | null = document;
  for (const change of answer.changes) current = current === null ? null : mergeChange(current, change);
  return current ?? upToDate(replays, null);
}

async function withAllPages(replays: Replays, document: ReplayDocument | null): Promise<ReplayDocument | null> {
  let current = document;
  while (current?.nextObservations) {
    const page = await replays.observations(PROJECT, SESSION, current.nextObservations, 2);
    if (page === null || page === 'invalid') throw new Error('there is such a page');
    current = mergePage(current, page);
  }
  return current;
}

const shown = (document: ReplayDocument | null) => {
  if (document === null) return null;
  const { asOfMs: _asOf, revision: _revision, annotations: _annotations, ...rest } = document;
  return { ...rest, session: { ...rest.session, revision: 0 } };
};

type Steps = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** What two clients have in the end, one that looks often and one that seldom does, and what the session is. */
async function outcomeOf(steps: Steps, cacheBytes: number) {
  const store = memoryStore();
  let nowMs = 10_000;
  const serve = () => new Replays({ reader: store, annotations: store }, { now: () => nowMs, cacheBytes });
  const replays = serve();
  const clients: { often: ReplayDocument | null; seldom: ReplayDocument | null } = { often: null, seldom: null };
  for (const [n, { batch, scored, laterMs }] of steps.entries()) {
    await store.write(PROJECT, batch);
    if (scored) await store.writeAnnotations(PROJECT, [{ ...score, timeMs: n }]);
    clients.often = await upToDate(replays, clients.often);
    nowMs += laterMs;
    if (n % 3 === 2) clients.seldom = await upToDate(replays, clients.seldom);
    // Another server, or the same after a restart, knows the positions of none of its clients.
    if (n % 5 === 4) clients.often = await upToDate(serve(), clients.often);
  }
  const { often, seldom } = clients;
  return {
    documents: [await upToDate(replays, often), await upToDate(replays, seldom)],
    whole: await wholeOf(store, nowMs),
    annotations: (await replays.document(PROJECT, SESSION))?.annotations,
  };
}

describe('a document that is kept up to date', () => {
  it('is the document read whole, after any history, for a client that looks often and one that seldom does', async () => {
    await fc.assert(
      fc.asyncProperty(history, few(1, 100_000_000), async (steps, cacheBytes) => {
        const { documents, whole, annotations } = await outcomeOf(steps, cacheBytes);
        for (const document of documents) {
          expect(shown(document)).toEqual(shown(whole));
          expect(document?.annotations).toEqual(annotations);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is that document too where the first root is beside the calls and alone has an answer', async () => {
    const inTrace = (id: number, others: Parameters<typeof anObservation>[0]) =>
      anObservation({ traceId: traceId(1), id: spanId(id), startMs: 1_000, trace: { sessionId: SESSION }, ...others });
    const input = JSON.stringify([{ role: 'user', content: 'What is up?' }]);
    const batch = [
      inTrace(1, { startMs: 1_001, type: 'span', body: { input } }),
      inTrace(2, { parentId: spanId(1), type: 'generation', body: { input } }),
      inTrace(6, { endMs: 1_000, type: 'span', body: { input, output: 'Fine.' } }),
    ];
    const { documents, whole } = await outcomeOf([{ batch, scored: false, laterMs: 1 }], 1);
    expect(whole?.turns.flatMap(({ messages }) => messages.map(({ role }) => role))).toEqual(['user', 'assistant']);
    for (const document of documents) expect(shown(document)).toEqual(shown(whole));
  });
});

describe('what is read again after a span was stored', () => {
  it('is its trace alone, and what is sent is the span', async () => {
    const store = memoryStore();
    const inTrace = (trace: number, id: number, others: Partial<Observation> = {}) =>
      anObservation({ traceId: traceId(trace), id: spanId(id), trace: { sessionId: SESSION }, ...others });
    const root = (trace: number) => inTrace(trace, 1, { startMs: trace * 1_000, endMs: trace * 1_000 + 900 });
    await store.write(PROJECT, [1, 2, 3, 4].map(root));
    const read: string[] = [];
    const reader = {
      ...store,
      listObservations: (...[project, of]: Parameters<Store['listObservations']>) => {
        read.push('traceId' in of ? of.traceId : of.sessionId);
        return store.listObservations(project, of);
      },
    };
    const replays = new Replays({ reader });
    const document = await replays.document(PROJECT, SESSION);
    read.length = 0;
    await store.write(PROJECT, [inTrace(3, 2, { parentId: spanId(1), startMs: 3_100, endMs: 3_200, type: 'tool' })]);
    const answer = await replays.changes(PROJECT, SESSION, { revision: document?.revision ?? 0, asOfMs: 0 });
    expect(read).toEqual([traceId(3)]);
    expect(answer?.changes.map(({ observations }) => observations.map(({ id }) => id))).toEqual([[spanId(2)]]);
    expect(answer?.changes[0]?.turns).toMatchObject([
      { traceId: traceId(3), changed: [{ steps: { add: [spanId(2)] } }] },
    ]);
    expect(await replays.changes(PROJECT, SESSION, answer)).toMatchObject({ changes: [] });
  });
});

describe('a trace that runs', () => {
  const step = anObservation({ traceId: traceId(1), parentId: spanId(9), endMs: 2_000, trace: { sessionId: SESSION } });

  it('has no name until its root comes, and its steps are not orphans; when nothing comes it is taken to be over', async () => {
    const store = memoryStore();
    let nowMs = 3_000;
    const replays = new Replays({ reader: store }, { now: () => nowMs });
    await store.write(PROJECT, [step]);
    const running = await replays.document(PROJECT, SESSION);
    expect(running).toMatchObject({ traces: [{ name: null, running: true }], observations: [{ orphan: false }] });
    const { nextChangeMs } = (await replays.changes(PROJECT, SESSION, running)) ?? {};
    nowMs = nextChangeMs ?? 0;
    expect(await replays.changes(PROJECT, SESSION, running)).toMatchObject({
      changes: [{ traces: [{ name: 'work', running: false }], observations: [{ orphan: true }] }],
      nextChangeMs: null,
    });
    await store.write(PROJECT, [anObservation({ ...step, id: spanId(9), parentId: null, name: 'answer', trace: {} })]);
    expect(await replays.document(PROJECT, SESSION)).toMatchObject({ traces: [{ name: 'answer' }] });
  });
});

describe('long texts', () => {
  it('are cut in the document with their length, and read whole by the key of their message', async () => {
    const store = memoryStore();
    const question = 'why? '.repeat(50_000);
    const answer = { role: 'assistant', content: [{ type: 'text', text: 'x'.repeat(9_000) }] };
    const generation = anObservation({
      ...{ traceId: traceId(1), type: 'generation', statusMessage: 'bad '.repeat(2_000) },
      trace: { sessionId: SESSION, metadata: { notes: 'n'.repeat(4_000) } },
      body: { input: JSON.stringify([{ role: 'user', content: question }]), output: JSON.stringify(answer) },
    });
    await store.write(PROJECT, [generation]);
    const replays = new Replays({ reader: store });
    const document = await replays.document(PROJECT, SESSION);
    expect(JSON.stringify(document).length).toBeLessThan(12_000);
    expect(document?.textLimit).toBe(2_000);
    expect(document?.traces[0]?.cutMetadata).toEqual({ notes: 4_000 });
    const messages = document?.turns[0]?.messages ?? [];
    expect(messages.map(({ parts }) => parts)).toMatchObject([
      [{ text: question.slice(0, 2_000), cut: question.length }],
      [{ cut: 9_000 }],
    ]);
    const [whole, gone] = await Promise.all([
      replays.message(PROJECT, traceId(1), messages[0]?.key ?? ''),
      replays.message(PROJECT, traceId(1), 'of another message'),
    ]);
    expect(whole).toEqual({ role: 'user', parts: [{ type: 'text', text: question }] });
    expect(gone).toBeNull();
  });
});

it('shows every trace of a long session once, also where hundreds start in the same millisecond', async () => {
  const store = memoryStore();
  const starts = [...Array.from({ length: 130 }, (_, n) => 1_000 + n), ...Array(320).fill(1_130), 1_131, 1_132];
  const traces = starts.map((startMs: number, n) =>
    anObservation({ traceId: traceId(n + 1), startMs, endMs: startMs, trace: { sessionId: SESSION } }),
  );
  await store.write(PROJECT, traces);
  const document = await new Replays({ reader: store }).document(PROJECT, SESSION);
  expect(document?.traces.map(({ id }) => id).sort()).toEqual(traces.map((each) => each.traceId).sort());
});
