import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type ReplayPosition, readPosition } from '@powerrag/protocol';
import type { Context } from 'hono';
import { unavailable } from '../base/http-errors.js';
import type { Feed, FeedClient } from './feed.js';
import { type Feeds, MAX_FOLLOWERS } from './feeds.js';

/** Milliseconds without a change after which a comment is sent, so that proxies keep the connection. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds after which a stream ends; an `EventSource` opens the next. Limits how long a client that reads nothing is counted. */
const LIFETIME_MS = 600_000;
/** Milliseconds that a client which is behind gets to read that it is. */
const GRACE_MS = 5_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  // Tells nginx not to buffer.
  'x-accel-buffering': 'no',
};

const BEGIN =
  ': each change is an event, its id the position to go on from; without a position, fetch the session again\n\n';
const HEARTBEAT = ': still here\n\n';
/** The client reads more slowly than the session changes. */
const BEHIND = 'event: behind\ndata: {}\n\n';

/** Connections with an open stream. Requests that are pipelined behind it can never be answered. */
const followed = new WeakSet<Socket>();

export interface ChangeStreamOptions {
  readonly feeds: Feeds;
  readonly projectId: string;
  readonly sessionId: string;
  /** Reads the ids of the session's traces. */
  readonly traceIds: () => Promise<Iterable<string>>;
  /** Default 600,000. */
  readonly lifetimeMs?: number;
}

/**
 * Sends the changes of a session as server-sent events, after the position in `Last-Event-ID`, else in `after` of the query, else
 * from now on. Clients that cannot read them are not counted as followers: HEAD gets only the headers, and a client that leaves is
 * no longer counted, even before the stream has begun. One that stops reading is told so, and ended. Throws a 503 when there are
 * too many followers.
 */
export async function changeStream(context: Context, options: ChangeStreamOptions): Promise<Response> {
  const { feeds, projectId, sessionId, traceIds, lifetimeMs = LIFETIME_MS } = options;
  const socket = socketOf(context);
  if (feeds.isFull) throw unavailable(`${MAX_FOLLOWERS} clients already follow sessions; try again later.`);
  if (socket && followed.has(socket)) throw unavailable('This connection already follows a session; use another.');
  if (context.req.method === 'HEAD' || socket?.destroyed) return context.body(null, 200, HEADERS);

  const { feed, client, ready, leave } = feeds.enter(projectId, sessionId, positionOf(context), traceIds);
  const end = (): void => {
    clearTimeout(lifetime);
    socket?.off('close', end);
    if (socket) followed.delete(socket);
    leave();
  };
  const cut = (): void => {
    end();
    // A client that reads nothing does not read the end either.
    setTimeout(() => socket?.destroy(), GRACE_MS).unref();
  };
  const lifetime = setTimeout(end, lifetimeMs);
  // The response gets no event while it waits for an earlier answer on the same connection.
  socket?.once('close', end);
  if (socket) followed.add(socket);
  try {
    await ready;
  } catch (error) {
    end();
    throw error;
  }
  return context.body(eventsOf(feed, client, { end, cut }), 200, HEADERS);
}

function positionOf(context: Context): ReplayPosition | null {
  const given = context.req.header('last-event-id') ?? context.req.query('after');
  return given === undefined ? null : readPosition(given);
}

/** Reads from the feed only as fast as the client reads. */
function eventsOf(
  feed: Feed,
  client: FeedClient,
  on: { readonly end: () => void; readonly cut: () => void },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let hasStarted = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        client.onBehind = () => {
          controller.enqueue(encoder.encode(BEHIND));
          controller.close();
          on.cut();
        };
      },
      async pull(controller) {
        if (!hasStarted) {
          hasStarted = true;
          return controller.enqueue(encoder.encode(BEGIN));
        }
        const bytes = feed.take(client) ?? (await next(feed, client));
        if (client.isOver === 'behind') return;
        if (bytes !== null) return controller.enqueue(bytes);
        if (client.isOver === null) return controller.enqueue(encoder.encode(HEARTBEAT));
        on.end();
        controller.close();
      },
      cancel: on.end,
    },
    { highWaterMark: 0 },
  );
}

/** Null when nothing came for a while, or the client is over. */
async function next(feed: Feed, client: FeedClient): Promise<Uint8Array | null> {
  if (client.isOver === null) await client.wait(HEARTBEAT_MS);
  return client.isOver === null ? feed.take(client) : null;
}

/** Null when the request did not come over a socket. */
function socketOf(context: Context): Socket | null {
  const { incoming } = (context.env ?? {}) as { incoming?: unknown };
  return incoming instanceof IncomingMessage ? incoming.socket : null;
}
