import type { ObservationDetails } from '@powerrag/protocol';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { observationQuery } from '../../api/queries.js';
import { useShownFor } from '../../ui/use-shown-for.js';
import { useReplay } from '../state/replay-context.js';
import { observationKey } from '../state/session-history.js';
import type { TurnWork } from '../work/turn-work.js';
import type { Finding, FindingInput } from './finding.js';
import { byTone, findingsOf, RULES } from './findings.js';
import { bodiesWanted } from './words.js';

/** Few, so that what the reader looks at does not wait for them: a browser has six connections to a server. */
const AT_ONCE = 2;
/** How long a session is shown before bodies are loaded, in milliseconds: what the reader looks at first comes before them. */
const SHOWN_FOR_MS = 500;
/** How long no further body has come before the rules look at those that have, in milliseconds. */
const REST_MS = 300;
/** Up to this many observations the rules take less time than a frame. */
const SMALL = 500;
/** Between two rules over a larger session, in milliseconds: a frame is drawn, and a click is answered. */
const PAUSE_MS = 20;

type Bodies = ReadonlyMap<string, ObservationDetails>;

/** What to look at in the session. Rules that need bodies add theirs once these are loaded. */
export function useFindings(works: readonly TurnWork[]): readonly Finding[] {
  const { history } = useReplay();
  const loaded = useRested(useBodies(works), REST_MS);
  const input = useMemo(
    (): FindingInput => ({
      history,
      works,
      bodiesOf: ({ traceId, id }) => loaded.get(observationKey(traceId, id)),
    }),
    [history, works, loaded],
  );
  const isSmall = history.observations.length <= SMALL;
  const now = useMemo(() => (isSmall ? findingsOf(input) : null), [isSmall, input]);
  const later = useRuleByRule(isSmall ? null : input);
  return now ?? later;
}

/** The bodies that rules want, as far as they are loaded. */
function useBodies(works: readonly TurnWork[]): Bodies {
  const { history } = useReplay();
  const isDue = useShownFor(SHOWN_FOR_MS);
  const wanted = useMemo(() => (isDue ? bodiesWanted({ history, works }) : []), [isDue, history, works]);
  const [allowed, setAllowed] = useState(AT_ONCE);
  const loaded = useQueries({
    queries: wanted.map(({ traceId, id }, n) => ({ ...observationQuery(traceId, id, true), enabled: n < allowed })),
    combine: collectBodies,
  });
  useEffect(() => setAllowed(loaded.size + AT_ONCE), [loaded.size]);
  return loaded;
}

/** Applies one rule after the other with pauses, so that none of it holds up a frame. Meanwhile, what was found before stays. */
function useRuleByRule(input: FindingInput | null): readonly Finding[] {
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  useEffect(() => {
    if (input === null) return undefined;
    const found: Finding[][] = [];
    const next = (): void => {
      const rule = RULES[found.length];
      if (rule === undefined) {
        setFindings(byTone(found.flat()));
        return;
      }
      found.push(rule(input));
      timer = setTimeout(next, PAUSE_MS);
    };
    let timer = setTimeout(next, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [input]);
  return findings;
}

/** A value once it has stayed the same for a time, in milliseconds. */
function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}

function collectBodies(results: readonly { readonly data: ObservationDetails | undefined }[]): Bodies {
  return new Map(results.flatMap(({ data }) => (data ? [[observationKey(data.traceId, data.id), data] as const] : [])));
}
