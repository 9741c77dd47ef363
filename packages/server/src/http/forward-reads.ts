import { setMaxListeners } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Context, Hono } from 'hono';
import type { ReadChanges } from '../live/feed.js';
import type { Principal, ServerEnv } from '../routes/principal.js';

/** What another thread needs of a request to answer it. Can be cloned to that thread. */
export interface ReadRequest {
  /** `GET` or `HEAD`. */
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly principal: Principal;
  /** Whether the answer may be large or slow. */
  readonly isHeavy: boolean;
}

/** Answers read requests in other threads. */
export interface Reads {
  /**
   * The complete answer, whose body is sent as fast as the client reads it. An answer that takes too long becomes a 503. Never rejects.
   *
   * @param left aborted when the client disconnects; the work for it then ends.
   */
  answer(request: ReadRequest, left: AbortSignal): Promise<Response>;
  /** The changes of a session. Rejects if they cannot be read now. */
  readonly changes: ReadChanges;
  /** How busy the threads are now. */
  load(): ReadLoad;
}

export interface ReadLoad {
  readonly workers: number;
  /** Busy workers. */
  readonly busy: number;
  /** Steps that wait for a worker. */
  readonly waiting: number;
  /** Unfinished answers: a worker holds the rest until the client reads on. */
  readonly unsent: number;
}

/** Event streams stay in this thread: they last as long as their connection and read little. */
const STREAMS = /\/changes$/;
/** The lists of sessions: small, quick, and the first thing that a person waits for. */
const LIGHT = /\/sessions$/;
/** Credentials stay in this thread. */
const KEPT_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie']);

/** Lets `reads` answer the read routes of `api`. */
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

/** Runs the reads of one connection one at a time: when requests are pipelined, the next starts when the previous answer is sent. */
class ReadConnection {
  readonly #leaving = new AbortController();
  readonly #waiting = new Set<() => void>();
  #last: Promise<void> = Promise.resolve();

  constructor(socket: Socket) {
    // One listener for each request that waits.
    setMaxListeners(0, this.#leaving.signal);
    if (socket.destroyed) this.#leaving.abort();
    socket.once('close', () => {
      this.#leaving.abort();
      for (const go of this.#waiting) go();
    });
  }

  /** Aborted when the client disconnects. */
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
      // A response emits no event while it waits for an earlier one.
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
