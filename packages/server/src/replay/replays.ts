import type { Message, ReplayChanges, ReplayDocument, ReplayObservations, ReplayPosition } from '@powerrag/protocol';
import { findMessage } from './find-message.js';
import { Vocabulary } from './main-line/index.js';
import { documentOf, type SessionState } from './session-state.js';
import { type ReplaySource, SessionView } from './session-view.js';
import { loadTrace } from './trace-calls.js';
import { toTree } from './tree.js';

export type { ReplaySource };

/** Bytes that the sessions read last may take in memory, about. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Sessions that are kept at most. */
const CACHE_SESSIONS = 200;

export interface ReplaysOptions {
  /** Default 64 MiB. */
  readonly cacheBytes?: number;
  /** Unix milliseconds. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Sessions ready for replay. What was read of a session is kept for the next call, within bounds, so that a call costs what has
 * changed since. Every answer is plain data.
 */
export class Replays {
  readonly #source: ReplaySource;
  readonly #cacheBytes: number;
  readonly #now: () => number;
  /** The one used last comes last. */
  readonly #views = new Map<string, SessionView>();

  constructor(source: ReplaySource, { cacheBytes = CACHE_BYTES, now = Date.now }: ReplaysOptions = {}) {
    this.#source = source;
    this.#cacheBytes = cacheBytes;
    this.#now = now;
  }

  /** The document with its first `limit` observations; null when there is no such session. */
  async document(projectId: string, sessionId: string, limit?: number): Promise<ReplayDocument | null> {
    const read = await this.#read(projectId, sessionId);
    return read === null ? null : documentOf(read.state, limit);
  }

  /** The page of observations that a cursor names. `invalid` when it names none. */
  async observations(
    projectId: string,
    sessionId: string,
    cursor: string,
    limit: number,
  ): Promise<ReplayObservations | 'invalid' | null> {
    const read = await this.#read(projectId, sessionId);
    if (read === null) return null;
    const { order, layout } = read.state;
    const from = order.placeAfter(cursor);
    if (from === null) return 'invalid';
    return { startedAtMs: layout.startedAtMs, ...order.page(from, limit) };
  }

  /** What changed after a position (null: after now); null when there is no such session. */
  async changes(projectId: string, sessionId: string, after: ReplayPosition | null): Promise<ReplayChanges | null> {
    const read = await this.#read(projectId, sessionId);
    if (read === null) return null;
    const { view, state } = read;
    const changes = after === null ? [] : view.stepsSince(after, state);
    const { revision, asOfMs } = changes.at(-1) ?? state;
    return { from: after, revision, asOfMs, nextChangeMs: view.nextChangeMs(), changes };
  }

  /** All of a message that a document holds cut; null when the trace has none such (any more). */
  async message(projectId: string, traceId: string, key: string): Promise<Message | null> {
    const { reader } = this.#source;
    const trace = await reader.getTrace(projectId, traceId);
    if (trace === null) return null;
    const nodes = toTree(await reader.listObservations(projectId, { traceId }));
    const read = await loadTrace(
      { trace, nodes },
      (some) =>
        reader.readBodies(
          projectId,
          some.map(({ observation }) => observation),
        ),
      new Vocabulary(),
    );
    return findMessage(read, key);
  }

  async #read(projectId: string, sessionId: string): Promise<{ view: SessionView; state: SessionState } | null> {
    const key = `${projectId}\0${sessionId}`;
    const view = this.#views.get(key) ?? new SessionView(this.#source, projectId, sessionId, this.#now);
    this.#views.delete(key);
    this.#views.set(key, view);
    try {
      const state = await view.read();
      if (state === null) this.#views.delete(key);
      return state === null ? null : { view, state };
    } finally {
      this.#trim();
    }
  }

  #trim(): void {
    let bytes = 0;
    const newestFirst = [...this.#views].reverse();
    newestFirst.forEach(([key, view], index) => {
      bytes += view.bytes;
      if (index > 0 && (bytes > this.#cacheBytes || index >= CACHE_SESSIONS)) this.#views.delete(key);
    });
  }
}
