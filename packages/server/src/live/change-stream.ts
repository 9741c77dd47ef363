import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { unavailable } from '../base/http-errors.js';
import type { Changes, Follower } from './changes.js';

/** Clients that may follow sessions at the same time: each holds a connection. */
export const MAX_FOLLOWERS = 500;
/** Milliseconds without a change after which a comment is sent, so that proxies keep the connection. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds in which further changes are sent as one. */
const PACE_MS = 200;
/** Milliseconds after which a stream ends; an `EventSource` opens the next. Limits how long a client that reads nothing is counted. */
const LIFETIME_MS = 600_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  // Tells nginx not to buffer.
  'x-accel-buffering': 'no',
};

/** Connections with an open stream. Requests that are pipelined behind it can never be answered. */
const followed = new WeakSet<Socket>();

export interface ChangeStreamOptions {
  readonly changes: Changes;
  readonly projectId: string;
  readonly sessionId: string;
  /** Reads the ids of the session's traces. */
  readonly traceIds: () => Promise<Iterable<string>>;
  /** Default 600,000. */
  readonly lifetimeMs?: number;
}

/**
 * Sends the changes of a session as server-sent events. Clients that cannot read them are not counted as followers: HEAD gets
 * only the headers, and a client that leaves is no longer counted, even before the stream has begun. Throws a 503 when there
 * are too many followers.
 */
export async function changeStream(context: Context, options: ChangeStreamOptions): Promise<Response> {
  const { changes, projectId, sessionId, traceIds, lifetimeMs = LIFETIME_MS } = options;
  const socket = socketOf(context);
  if (changes.followers >= MAX_FOLLOWERS)
    throw unavailable(`${MAX_FOLLOWERS} clients already follow sessions; try again later.`);
  if (socket && followed.has(socket)) throw unavailable('This connection already follows a session; use another.');
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
  // The response gets no event while it waits for an earlier answer on the same connection.
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

/** Null when the request did not come over a socket. */
function socketOf(context: Context): Socket | null {
  const { incoming } = (context.env ?? {}) as { incoming?: unknown };
  return incoming instanceof IncomingMessage ? incoming.socket : null;
}
