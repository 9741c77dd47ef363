import { useEffect, useRef } from 'react';
import type { LoadedList } from './use-list.js';

/** How far below what is seen the next page is asked for. */
const AHEAD = '800px';

/** Loads the next page of rows as the reader comes near the end of those that are there. */
export function MoreRows({ list }: { readonly list: LoadedList }) {
  const end = useRef<HTMLDivElement>(null);
  const { hasMore, isLoadingMore, error, rows, loadMore } = list;
  const latest = useRef(loadMore);
  latest.current = loadMore;
  const isReady = hasMore && !isLoadingMore && error === null;
  // A row more or less moves the end, so it is looked at anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const element = end.current;
    if (element === null || !isReady) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && latest.current(),
      { root: element.closest('main'), rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isReady, rows.length]);
  return (
    <div ref={end} className="sessions-end">
      {isLoadingMore && <span role="status">Loading more…</span>}
      {error !== null && rows.length > 0 && (
        <p role="alert" className="sessions-error">
          {error.message}{' '}
          <button type="button" className="text-button" onClick={loadMore}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}
