import {
  encodePart,
  type Message,
  type ObservationDetails,
  type Page,
  type ReplayChanges,
  type ReplayDocument,
  type ReplayObservations,
  type ReplayPosition,
  SESSION_CHANGES,
  SESSION_REPLAY,
  type SessionSummary,
  writePosition,
} from '@powerrag/protocol';

/** A request that the server answered with an error, or did not answer. `message` is fit to be shown. */
export class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** What a list of sessions is narrowed to: sessions that match every field. The names are those of the query, here and on the server. */
export interface SessionFilter {
  readonly environment?: string;
  readonly userId?: string;
  readonly tag?: string;
  /** An id that was named in a trace beside that of its session. */
  readonly conversationId?: string;
}

export interface SessionsRequest extends SessionFilter {
  readonly limit: number;
  readonly cursor?: string;
}

/** Sessions by last activity, latest first. */
export function fetchSessions(request: SessionsRequest, signal: AbortSignal): Promise<Page<SessionSummary>> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return getJson(`/api/v1/sessions?${query}`, signal);
}

export function fetchReplay(sessionId: string, signal: AbortSignal): Promise<ReplayDocument> {
  return getJson(SESSION_REPLAY.of(sessionId), signal);
}

/** More observations of a session; the cursor is `nextObservations` of what was fetched before. */
export function fetchObservations(sessionId: string, cursor: string, signal: AbortSignal): Promise<ReplayObservations> {
  return getJson(SESSION_REPLAY.of(sessionId, { cursor }), signal);
}

/** What changed in a session after a position. */
export function fetchChanges(sessionId: string, after: ReplayPosition, signal: AbortSignal): Promise<ReplayChanges> {
  return getJson(SESSION_REPLAY.of(sessionId, { after: writePosition(after) }), signal);
}

/** Where an `EventSource` gets what changes in a session after a position: `ReplayChanges`, as `change` events. */
export function changesUrl(sessionId: string, after: ReplayPosition): string {
  return SESSION_CHANGES.of(sessionId, { after: writePosition(after) });
}

/** All of a message that the document holds cut. */
export function fetchMessage(traceId: string, key: string, signal: AbortSignal): Promise<Message> {
  return getJson(`/api/v1/traces/${encodePart(traceId)}/messages/${encodePart(key)}`, signal);
}

export function fetchObservation(traceId: string, id: string, signal: AbortSignal): Promise<ObservationDetails> {
  return getJson(`/api/v1/traces/${encodePart(traceId)}/observations/${encodePart(id)}`, signal);
}

async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiError(0, 'The server does not answer. Is PowerRAG still running?');
  });
  if (!response.ok) throw new ApiError(response.status, await readMessage(response));
  return response.json();
}

async function readMessage(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : null;
  return typeof message === 'string' ? message : `The server answered with status ${response.status}.`;
}
