import {
  API_SESSION,
  type BoundedCount,
  encodePart,
  type Facet,
  filterToQuery,
  type Message,
  type ObservationDetails,
  type Overview,
  type Page,
  type ReplayChanges,
  type ReplayDocument,
  type ReplayObservations,
  type ReplayPosition,
  SESSION_CHANGES,
  SESSION_NEIGHBOURS,
  SESSION_REPLAY,
  type SearchResult,
  type SessionActivity,
  type SessionFacets,
  type SessionFilter,
  type SessionNeighbours,
  type SessionSort,
  type SessionSummary,
  type SortOrder,
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

/** Which sessions are asked for, and in which order. */
export interface SessionsRequest {
  readonly filter: SessionFilter;
  readonly sort: SessionSort;
  readonly order: SortOrder;
}

export function fetchSessions(
  { limit, cursor, ...list }: SessionsRequest & { readonly limit: number; readonly cursor: string | null },
  signal: AbortSignal,
): Promise<Page<SessionSummary>> {
  const query = listQuery(list);
  query.set('limit', String(limit));
  if (cursor !== null) query.set('cursor', cursor);
  return getJson(`/api/v1/sessions?${query}`, signal);
}

export function fetchSessionCount(filter: SessionFilter, signal: AbortSignal): Promise<BoundedCount> {
  return getJson(`/api/v1/session-count?${new URLSearchParams(filterToQuery(filter))}`, signal);
}

export function fetchFacets(
  filter: SessionFilter,
  { facets, valueLimit }: { readonly facets: readonly Facet[]; readonly valueLimit: number },
  signal: AbortSignal,
): Promise<SessionFacets> {
  const query = new URLSearchParams(filterToQuery(filter));
  query.set('facets', facets.join(','));
  query.set('valueLimit', String(valueLimit));
  return getJson(`/api/v1/session-facets?${query}`, signal);
}

export function fetchFound(
  { text, filter, cursor }: { readonly text: string; readonly filter: SessionFilter; readonly cursor: string | null },
  signal: AbortSignal,
): Promise<Page<SearchResult>> {
  const query = new URLSearchParams([['q', text], ...filterToQuery(filter)]);
  if (cursor !== null) query.set('cursor', cursor);
  return getJson(`/api/v1/search?${query}`, signal);
}

export function fetchOverview(filter: SessionFilter, timeZone: string, signal: AbortSignal): Promise<Overview> {
  const query = new URLSearchParams([...filterToQuery(filter), ['timeZone', timeZone]]);
  return getJson(`/api/v1/overview?${query}`, signal);
}

export function fetchNeighbours(id: string, list: SessionsRequest, signal: AbortSignal): Promise<SessionNeighbours> {
  const address = SESSION_NEIGHBOURS.of(id);
  return getJson(`${address}${address.includes('?') ? '&' : '?'}${listQuery(list)}`, signal);
}

/** Observations that come with a document: the turns of a longer session are read before the rest is there. */
const FIRST_OBSERVATIONS = 2_000;

export function fetchReplay(sessionId: string, signal: AbortSignal): Promise<ReplayDocument> {
  return getJson(SESSION_REPLAY.of(sessionId, { limit: String(FIRST_OBSERVATIONS) }), signal);
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

function listQuery({ filter, sort, order }: SessionsRequest): URLSearchParams {
  return new URLSearchParams([...filterToQuery(filter), ['sort', sort], ['order', order]]);
}

/** When things happened in sessions, and how they were judged; of those that there are. */
export async function fetchActivities(
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly SessionActivity[]> {
  const query = ids.map((id) => `sessionId=${encodePart(id)}`).join('&');
  return (await getJson<{ readonly data: readonly SessionActivity[] }>(`/api/v1/session-activity?${query}`, signal))
    .data;
}

/** A request that changes something. @throws ApiError */
export async function send(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  const content =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  await answered(fetch(path, { method, ...content }));
}

/** Deletes a session with all that belongs to it, for good. @throws ApiError */
export function deleteSession(id: string): Promise<void> {
  return send('DELETE', API_SESSION.of(id));
}

/** A file of the server, as text. @throws ApiError */
export async function fetchText(path: string, signal: AbortSignal): Promise<string> {
  return (await get(path, '*/*', signal)).text();
}

async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  return (await get(path, 'application/json', signal)).json();
}

async function get(path: string, accept: string, signal: AbortSignal): Promise<Response> {
  return answered(fetch(path, { signal, headers: { accept } }), signal);
}

async function answered(request: Promise<Response>, signal?: AbortSignal): Promise<Response> {
  const response = await request.catch((error: unknown) => {
    if (signal?.aborted) throw error;
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
