import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Context, Hono } from 'hono';
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
  const turns = new WeakMap<Socket, Promise<void>>();
  const paths = new Set(api.routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  for (const path of paths) {
    if (STREAMS.test(path)) continue;
    app.get(path, async (context) => {
      const leaving = new AbortController();
      const socket = socketOf(context);
      const leave = () => leaving.abort();
      if (socket?.destroyed) leave();
      socket?.once('close', leave);
      if (socket !== null) await oneAtATime(socket, turns, context);
      return reads.answer(toReadRequest(context, !LIGHT.test(path)), leaving.signal);
    });
  }
  return app;
}

/**
 * Waits until the answer before, of requests that were sent in one go, is out: else each of many would be held ready for a
 * client that reads none.
 */
async function oneAtATime(socket: Socket, turns: WeakMap<Socket, Promise<void>>, context: Context): Promise<void> {
  const { outgoing } = context.env as { outgoing: NodeJS.EventEmitter };
  const before = turns.get(socket);
  const done = new Promise<void>((resolve) => {
    outgoing.once('close', resolve);
    socket.once('close', () => resolve());
  });
  turns.set(socket, done);
  await before;
}

function toReadRequest(context: Context<ServerEnv>, isHeavy: boolean): ReadRequest {
  const { method, url, raw } = context.req;
  const headers = [...raw.headers].filter(([name]) => !KEPT_HEADERS.has(name));
  return { method, url, headers, principal: context.var.principal, isHeavy };
}

/** Null when the request did not come over a socket. */
function socketOf(context: Context): Socket | null {
  const { incoming } = (context.env ?? {}) as { incoming?: unknown };
  return incoming instanceof IncomingMessage ? incoming.socket : null;
}
