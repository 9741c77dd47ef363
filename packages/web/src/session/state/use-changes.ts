import type { ReplayChanges, ReplayDocument } from '@powerrag/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { changesUrl } from '../../api/client.js';
import { isBehind, withChanges } from '../../api/live-document.js';
import { replayQuery } from '../../api/queries.js';

/**
 * Takes in what the server stores of a session, while the page can be seen: a browser has only so many connections to one server,
 * and each page that follows takes one.
 *
 * @param isKnown whether there is such a session.
 * @param setFollowed is told whether the server tells of changes now.
 */
export function useChanges(sessionId: string, isKnown: boolean, setFollowed: (isFollowed: boolean) => void): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!isKnown) return;
    const { queryKey } = replayQuery(sessionId);
    const known = () => client.getQueryData<ReplayDocument>(queryKey);
    let source: EventSource | undefined;
    let isCatchingUp = false;
    let hasMissed = false;

    /** Asks for what changed since the document, or for all of it. */
    const catchUp = async (): Promise<void> => {
      hasMissed = true;
      if (isCatchingUp) return;
      isCatchingUp = true;
      while (hasMissed && source !== undefined) {
        hasMissed = false;
        await client.refetchQueries({ queryKey });
      }
      isCatchingUp = false;
    };
    const take = (changes: ReplayChanges): void => {
      const document = known();
      if (document === undefined || isBehind(changes, document)) return;
      const merged = withChanges(document, changes);
      if (merged === null) void catchUp();
      else client.setQueryData(queryKey, merged);
    };
    const start = (document: ReplayDocument): void => {
      source = new EventSource(changesUrl(sessionId, document));
      source.addEventListener('open', () => setFollowed(true));
      source.addEventListener('change', ({ data }: MessageEvent<string>) => take(JSON.parse(data)));
      source.addEventListener('error', () => setFollowed(false));
    };
    const stop = (): void => {
      source?.close();
      source = undefined;
      setFollowed(false);
    };
    const follow = (): void => {
      const document = known();
      if (window.document.hidden) stop();
      else if (source === undefined && document !== undefined) start(document);
    };

    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop();
    };
  }, [client, sessionId, isKnown, setFollowed]);
}
