import type { SessionActivity, SessionSummary } from '@powerrag/protocol';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { activitiesQuery } from '../api/queries.js';

/** Sessions of one request: ids may be long, and an address must not be. */
const AT_ONCE = 10;

/** What is shown beside each session, as far as it has arrived, by id. */
export function useActivities(rows: readonly SessionSummary[]): ReadonlyMap<string, SessionActivity> {
  const requests = useMemo(() => {
    const parts: SessionSummary[][] = [];
    for (let from = 0; from < rows.length; from += AT_ONCE) parts.push(rows.slice(from, from + AT_ONCE));
    return parts;
  }, [rows]);
  return useQueries({ queries: requests.map(activitiesQuery), combine: byId });
}

function byId(results: readonly { readonly data: readonly SessionActivity[] | undefined }[]) {
  return new Map(results.flatMap(({ data = [] }) => data.map((activity) => [activity.sessionId, activity] as const)));
}
