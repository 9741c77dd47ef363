import {
  encodePart,
  type ObservationDetails,
  type Page,
  type ReplayDocument,
  SESSION_CHANGES,
  SESSION_REPLAY,
  type SessionSummary,
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

/** Where an `EventSource` hears of it, as `change` events, when more of a session has been stored. */
export function changesUrl(sessionId: string): string {
  return SESSION_CHANGES.of(sessionId);
}

export function fetchObservation(traceId: string, id: string, signal: AbortSignal): Promise<ObservationDetails> {
  return getJson(`/api/v1/traces/${encodePart(traceId)}/observations/${encodePart(id)}`, signal);
}

/** A file of the server, as text. @throws ApiError */
export async function fetchText(path: string, signal: AbortSignal): Promise<string> {
  return (await get(path, '*/*', signal)).text();
}

async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  return (await get(path, 'application/json', signal)).json();
}

async function get(path: string, accept: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(path, { signal, headers: { accept } }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiError(0, 'The server does not answer. Is PowerRAG still running?');
  });
  if (!response.ok) throw new ApiError(response.status, await readMessage(response));
  return response;
}

async function readMessage(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : null;
  return typeof message === 'string' ? message : `The server answered with status ${response.status}.`;
}
