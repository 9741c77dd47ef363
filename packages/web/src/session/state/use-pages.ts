import type { ReplayDocument } from '@powerrag/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { withNextPage } from '../../api/live-document.js';
import { replayQuery } from '../../api/queries.js';

/** How long after a failure a page is asked for again. */
const AGAIN_MS = 2_000;

/** Fetches the rest of a large session, a page after the other, while its conversation is shown already. */
export function usePages(sessionId: string, document: ReplayDocument | undefined): void {
  const client = useQueryClient();
  const cursor = document?.nextObservations ?? null;
  useEffect(() => {
    if (cursor === null) return;
    const { queryKey } = replayQuery(sessionId);
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const fetchPage = async (): Promise<void> => {
      try {
        const add = await withNextPage(sessionId, cursor, ending.signal);
        const known = client.getQueryData<ReplayDocument>(queryKey);
        if (known === undefined || ending.signal.aborted) return;
        const merged = add(known);
        if (merged === null) await client.refetchQueries({ queryKey });
        else client.setQueryData(queryKey, merged);
      } catch {
        if (!ending.signal.aborted) timer = setTimeout(() => void fetchPage(), AGAIN_MS);
      }
    };
    void fetchPage();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [client, sessionId, cursor]);
}
