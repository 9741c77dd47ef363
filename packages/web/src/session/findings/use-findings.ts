import type { ObservationDetails } from '@powerrag/protocol';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { observationQuery } from '../../api/queries.js';
import { useReplay } from '../state/replay-context.js';
import { observationKey } from '../state/session-history.js';
import type { TurnWork } from '../work/turn-work.js';
import type { Finding } from './finding.js';
import { findingsOf } from './findings.js';
import { bodiesWanted } from './words.js';

/** Few, so that what the reader looks at does not wait for them: a browser has six connections to a server. */
const AT_ONCE = 2;

/** What to look at in the session. Rules that need bodies add theirs as these are loaded. */
export function useFindings(works: readonly TurnWork[]): readonly Finding[] {
  const { history } = useReplay();
  const wanted = useMemo(() => bodiesWanted({ history, works }), [history, works]);
  const [allowed, setAllowed] = useState(AT_ONCE);
  const loaded = useQueries({
    queries: wanted.map(({ traceId, id }, n) => ({ ...observationQuery(traceId, id, true), enabled: n < allowed })),
    combine: collectBodies,
  });
  useEffect(() => setAllowed(loaded.size + AT_ONCE), [loaded.size]);
  return useMemo(
    () =>
      findingsOf({
        history,
        works,
        bodiesOf: ({ traceId, id }) => loaded.get(observationKey(traceId, id)),
      }),
    [history, works, loaded],
  );
}

function collectBodies(
  results: readonly { readonly data: ObservationDetails | undefined }[],
): ReadonlyMap<string, ObservationDetails> {
  return new Map(results.flatMap(({ data }) => (data ? [[observationKey(data.traceId, data.id), data] as const] : [])));
}
