import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { unavailable } from '../base/http-errors.js';
import type { Changes, Follower } from './changes.js';

/** How many may follow sessions at a time: each holds a connection. */
export const MAX_FOLLOWERS = 500;
/** After so many milliseconds without a change something is sent, lest a proxy take the connection for dead. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds in which further changes count as one. */
const PACE_MS = 200;
/** A stream ends after so many milliseconds, and an `EventSource` opens the next: a client that reads nothing holds its place no longer. */
const LIFETIME_MS = 600_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  // Not to be kept back by a proxy until there is enough of it (nginx).
  'x-accel-buffering': 'no',
};

/** Connections on which a stream is open. Requests that wait behind it on the same connection can be answered by nothing. */
const followed = new WeakSet<Socket>();

export interface ChangeStreamOptions {
  readonly changes: Changes;
  readonly projectId: string;
  readonly sessionId: string;
  /** Reads which traces the session has so far. */
  readonly traceIds: () => Promise<Iterable<string>>;
  /** Default 600,000. */
  readonly lifetimeMs?: number;
}

/**
 * Answers with the changes of a session as server-sent events. Whoever cannot read them is not counted as a follower: HEAD gets
 * the headers alone, and a client that leaves frees its place at once, also before the stream has begun. Throws a 503 when
 * there is no place.
 */
export async function changeStream(context: Context, options: ChangeStreamOptions): Promise<Response> {
  const { changes, projectId, sessionId, traceIds, lifetimeMs = LIFETIME_MS } = options;
  const socket = socketOf(context);
  if (changes.followers >= MAX_FOLLOWERS) throw unavailable(`${MAX_FOLLOWERS} clients follow sessions already.`);
  if (socket && followed.has(socket)) throw unavailable('This connection follows a session already.');
  if (context.req.method === 'HEAD' || socket?.destroyed) return context.body(null, 200, HEADERS);

  let follower: Follower | undefined;
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
    clearTimeout(lifetime);
    socket?.off('close', end);
    if (socket) followed.delete(socket);
    follower?.stop();
  };
  const lifetime = setTimeout(end, lifetimeMs);
  // The response does not hear of it while it waits for the answer before it on the same connection.
  socket?.once('close', end);
  if (socket) followed.add(socket);
  try {
    follower = await changes.follow(projectId, sessionId, traceIds);
  } catch (error) {
    end();
    throw error;
  }
  if (hasEnded) follower.stop();
  return context.body(eventsOf(follower, end), 200, HEADERS);
}

/** Reads from the follower only as fast as the client reads. */
function eventsOf(follower: Follower, end: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let hasStarted = false;
  let hasSentChange = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        if (!hasStarted) {
          hasStarted = true;
          return send(': a change is an event; fetch the session again\n\n');
        }
        if (hasSentChange) await sleep(PACE_MS);
        const what = await follower.next(HEARTBEAT_MS);
        hasSentChange = what === 'changed';
        if (what === 'changed') return send('event: change\ndata: {}\n\n');
        if (what === 'quiet') return send(': still here\n\n');
        end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

/** Null where the request came over no socket. */
function socketOf(context: Context): Socket | null {
  const { incoming } = (context.env ?? {}) as { incoming?: unknown };
  return incoming instanceof IncomingMessage ? incoming.socket : null;
}
