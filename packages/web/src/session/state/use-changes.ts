import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { changesUrl } from '../../api/client.js';
import { isLive, replayQuery } from '../../api/queries.js';

/**
 * Fetches a session again as soon as the server has stored more of it, while the page can be seen: a browser has only so many
 * connections to one server, and each page that follows takes one.
 *
 * @param isKnown whether there is such a session.
 * @param setFollowed is told whether the server tells of changes now.
 */
export function useChanges(sessionId: string, isKnown: boolean, setFollowed: (isFollowed: boolean) => void): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!isKnown) return;
    const { queryKey } = replayQuery(sessionId);
    let source: EventSource | undefined;
    let hasStopped = false;
    let isFetching = false;
    let hasChanged = false;

    const fetchAgain = async (): Promise<void> => {
      hasChanged = true;
      if (isFetching) return;
      isFetching = true;
      while (hasChanged && source !== undefined) {
        hasChanged = false;
        await client.refetchQueries({ queryKey });
      }
      isFetching = false;
    };
    const start = (): void => {
      source = new EventSource(changesUrl(sessionId));
      source.addEventListener('open', () => {
        setFollowed(true);
        // What came since it was fetched was not heard of. For a session that is long over, nothing came.
        const replay = client.getQueryData(queryKey);
        if (hasStopped || (replay && isLive(replay, Date.now()))) void fetchAgain();
        hasStopped = false;
      });
      source.addEventListener('change', () => void fetchAgain());
      source.addEventListener('error', () => {
        setFollowed(false);
        hasStopped = true;
      });
    };
    const stop = (): void => {
      source?.close();
      source = undefined;
      hasStopped = true;
      setFollowed(false);
    };
    const follow = (): void => {
      if (document.hidden) stop();
      else if (source === undefined) start();
    };

    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop();
    };
  }, [client, sessionId, isKnown, setFollowed]);
}
