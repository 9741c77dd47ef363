import type { SessionExport } from '@powerrag/protocol';
import type { QueryClient } from '@tanstack/react-query';
import { observationQuery } from '../api/queries.js';

/** Answers all that the panes ask of a server from the file, for as long as it is open. */
export function holdBodies(client: QueryClient, { replay, observations }: SessionExport): void {
  client.setDefaultOptions({
    queries: { retry: false, gcTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, refetchOnReconnect: false },
  });
  const ended = new Map(replay.observations.map(({ traceId, id, endMs }) => [`${traceId}/${id}`, endMs !== null]));
  for (const details of observations) {
    const { traceId, id } = details;
    const { queryKey } = observationQuery(traceId, id, ended.get(`${traceId}/${id}`) ?? true);
    // Newer than any look at it: nothing is asked again.
    client.setQueryData(queryKey, details, { updatedAt: Number.MAX_SAFE_INTEGER });
  }
}
