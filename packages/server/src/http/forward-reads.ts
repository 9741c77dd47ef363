import { setMaxListeners } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Context, Hono } from 'hono';
import type { ReadChanges } from '../live/feed.js';
import type { Principal, ServerEnv } from '../routes/principal.js';

/** What another thread needs to know of a request to answer it. Survives a copy to it. */
export interface ReadRequest {
  /** `GET` or `HEAD`. */
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly principal: Principal;
  /** Whether the answer may be long or take long. */
  readonly isHeavy: boolean;
}

/** Answers requests that read, in other threads. */
export interface Reads {
  /**
   * The whole answer, with its body as fast as it is read. An answer that takes too long is a 503. Never rejects.
   *
   * @param left is aborted when the client leaves; the work for it then ends.
   */
  answer(request: ReadRequest, left: AbortSignal): Promise<Response>;
  /** What changed in a session. Rejects when it cannot be read now. */
  readonly changes: ReadChanges;
  /** How busy the threads are now. */
  load(): ReadLoad;
}

export interface ReadLoad {
  readonly workers: number;
  /** Workers that are at work. */
  readonly busy: number;
  /** Steps that wait for a worker. */
  readonly waiting: number;
  /** Answers of which a worker holds the rest, until its client has read on. */
  readonly unsent: number;
}

/** An event stream lives as long as its connection and reads little: it stays in this thread. */
const STREAMS = /\/changes$/;
/** The lists of sessions: short, quick, and what a person waits for first. */
const LIGHT = /\/sessions$/;
/** Credentials stay in this thread. */
const KEPT_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie']);

/** The routes of `api` that read, answered by `reads`. */
export function forwardReads(api: Hono<ServerEnv>, reads: Reads): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const connections = new WeakMap<Socket, ReadConnection>();
  const paths = new Set(api.routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  for (const path of paths) {
    if (STREAMS.test(path)) continue;
    const isHeavy = !LIGHT.test(path);
    app.get(path, async (context) => {
      const request = toReadRequest(context, isHeavy);
      const { incoming, outgoing } = (context.env ?? {}) as { incoming?: unknown; outgoing?: unknown };
      if (!(incoming instanceof IncomingMessage && outgoing instanceof ServerResponse)) {
        return reads.answer(request, new AbortController().signal);
      }
      const { socket } = incoming;
      const connection = connections.get(socket) ?? new ReadConnection(socket);
      connections.set(socket, connection);
      await connection.turnOf(outgoing);
      return reads.answer(request, connection.left);
    });
  }
  return app;
}

/** The reads of one connection, one at a time: of many that are sent in one go, no answer is made before the one before is out. */
class ReadConnection {
  readonly #leaving = new AbortController();
  readonly #waiting = new Set<() => void>();
  #last: Promise<void> = Promise.resolve();

  constructor(socket: Socket) {
    // One for each request that waits.
    setMaxListeners(0, this.#leaving.signal);
    if (socket.destroyed) this.#leaving.abort();
    socket.once('close', () => {
      this.#leaving.abort();
      for (const go of this.#waiting) go();
    });
  }

  /** Aborted when the client leaves. */
  get left(): AbortSignal {
    return this.#leaving.signal;
  }

  async turnOf(response: ServerResponse): Promise<void> {
    const before = this.#last;
    this.#last = new Promise<void>((resolve) => {
      const go = () => {
        this.#waiting.delete(go);
        resolve();
      };
      // A response gets no event of its own while it waits for an earlier one.
      this.#waiting.add(go);
      response.once('close', go);
    });
    await before;
  }
}

function toReadRequest(context: Context<ServerEnv>, isHeavy: boolean): ReadRequest {
  const { method, url, raw } = context.req;
  const headers = [...raw.headers].filter(([name]) => !KEPT_HEADERS.has(name));
  return { method, url, headers, principal: context.var.principal, isHeavy };
}
