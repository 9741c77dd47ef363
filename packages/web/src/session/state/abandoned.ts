import type { ReplayDocument, ReplayObservation } from '@powerrag/protocol';

/** The observations of a document that never ended, though their traces no longer run: their process died, or sent no end. */
export interface Abandoned {
  /** The document with an end for each of them: when their trace was heard of last. */
  readonly document: ReplayDocument;
  readonly isAbandoned: (observation: ReplayObservation) => boolean;
}

/** Ends what did not end, so that nothing is shown as running for ever. The very same document where all has ended or runs. */
export function endAbandoned(document: ReplayDocument): Abandoned {
  const over = new Map(document.traces.flatMap(({ id, running, endMs }) => (running ? [] : [[id, endMs] as const])));
  const ended = new Set<ReplayObservation>();
  const observations = document.observations.map((observation) => {
    const lastMs = observation.endMs === null ? over.get(observation.traceId) : undefined;
    if (lastMs === undefined) return observation;
    const shown = { ...observation, endMs: Math.max(observation.startMs, lastMs) };
    ended.add(shown);
    return shown;
  });
  return {
    document: ended.size === 0 ? document : { ...document, observations },
    isAbandoned: (observation) => ended.has(observation),
  };
}
