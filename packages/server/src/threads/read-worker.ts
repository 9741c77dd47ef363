import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { answerErrors } from '../http/errors.js';
import type { ReadRequest } from '../http/forward-reads.js';
import type { ReadChanges } from '../live/feed.js';
import { withLogWords } from '../logs/join-words.js';
import { createReadApi } from '../read/index.js';
import { Replays } from '../replay/index.js';
import type { Principal, ServerEnv } from '../routes/principal.js';
import type { StoreReader } from '../store/contract.js';
import { anyDriver, type SnapshotReader, sqliteReader } from '../store/sqlite/index.js';
import { AnswerParts } from './answer-parts.js';
import type { Calls } from './messages.js';
import type { MainThread } from './serve-calls.js';

export interface ReadWorkerData {
  readonly kind: 'read';
  /** The real path of the database, which the ingest worker has open. */
  readonly file: string;
  /** Shared memory: its first element is the number of the step that is to end early. */
  readonly cancelled: Int32Array;
}

/** An answer, and the first part of its body. */
export interface AnswerStart {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** Null for an answer without a body. */
  readonly first: Uint8Array | null;
  /** Names the rest of the body in `next` and `drop`; null when there is none. */
  readonly rest: number | null;
}

/** The functions of a `StoreReader` that can be called. */
export type ReadFunction = keyof StoreReader;

/** What the worker does for the main thread, one step after the other. Each step has a number of its own, by which it can be cancelled. */
export type ReadCalls = {
  answer(step: number, request: ReadRequest): Promise<AnswerStart>;
  /** The next part of a body; null after the last. */
  next(step: number, rest: number): Promise<Uint8Array | null>;
  drop(step: number, rest: number): Promise<void>;
  read(step: number, name: ReadFunction, args: readonly unknown[]): Promise<unknown>;
  changes(step: number, ...of: Parameters<ReadChanges>): ReturnType<ReadChanges>;
};

/** The step was cancelled: its client has left, or it took too long. */
class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor() {
    super('The read was cancelled.');
  }
}

/** Unfinished bodies that are held. */
const MAX_BODIES = 64;

/** Reads from the database, which is opened by the first step: it may not exist before. */
export function startReads({ file, cancelled }: ReadWorkerData, main: MainThread): Calls {
  let current = -1;
  const open = () => {
    const store = sqliteReader(file, anyDriver(), () => {
      if (Atomics.load(cancelled, 0) === current) throw new Cancelled();
    });
    return { store, ...readApp(store, main) };
  };
  let opened: ReturnType<typeof open> | undefined;
  const bodies = new Map<number, AnswerParts>();
  const drop = (rest: number): void => {
    bodies.get(rest)?.cancel();
    bodies.delete(rest);
  };
  /** Everything of a step is read from one state of the database. */
  const inStep = <T>(step: number, run: (parts: ReturnType<typeof open>) => Promise<T>): Promise<T> => {
    current = step;
    opened ??= open();
    const parts = opened;
    return parts.store.inSnapshot(() => run(parts));
  };
  return {
    answer: (step, request) =>
      inStep(step, async ({ app }) => {
        const { url, method, headers, principal } = request;
        const asked = new Request(url, { method, headers: headers.map(([name, value]) => [name, value]) });
        const response = await app.fetch(asked, { principal });
        const start = { status: response.status, headers: [...response.headers] };
        if (response.body === null) return { ...start, first: null, rest: null };
        const parts = new AnswerParts(response.body);
        const first = await parts.next();
        if (parts.isOver) return { ...start, first, rest: null };
        bodies.set(step, parts);
        const [oldest] = bodies.keys();
        // The main thread asks for fewer: of one that is over, it has forgotten the rest.
        if (bodies.size > MAX_BODIES && oldest !== undefined) drop(oldest);
        return { ...start, first, rest: step };
      }),
    next: (step, rest) =>
      inStep(step, async () => {
        const parts = bodies.get(rest);
        const part = (await parts?.next()) ?? null;
        if (part === null) bodies.delete(rest);
        return part;
      }),
    drop: async (_step, rest) => drop(rest),
    read: (step, name, args) => inStep(step, ({ store }) => Reflect.apply(store[name], store, args)),
    changes: (step, ...of) => inStep(step, ({ replays }) => replays.changes(...of)),
  } satisfies ReadCalls;
}

/** The routes that read, for a principal that the main thread found, and the replays that they answer from. */
function readApp(store: SnapshotReader, { log }: MainThread) {
  const app = new Hono<ServerEnv & { Bindings: { principal: Principal } }>();
  app.use((context, next) => {
    context.set('principal', context.env.principal);
    return next();
  });
  app.use(compress());
  // Only its routes that read are asked for.
  const annotations = { ...store, writeAnnotations: readsOnly, deleteAnnotation: readsOnly };
  const reader = withLogWords(store, { ...store, writeLogEvents: readsOnly });
  const replays = new Replays({ reader, annotations });
  app.route('/', createReadApi({ reader, searcher: store, annotations, replays }));
  const answer = answerErrors(log);
  app.onError((error, context) =>
    error instanceof Cancelled ? context.json({ message: error.message }, 503) : answer(error, context),
  );
  return { app, replays };
}

async function readsOnly(): Promise<never> {
  throw new Error('a worker that reads does not write');
}
