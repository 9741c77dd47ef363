import type { ObservationDetails, ReplayObservation } from '@powerrag/protocol';
import type { SessionHistory } from '../state/session-history.js';
import type { TurnWork } from '../work/turn-work.js';

/** Where a finding can be seen. */
export interface Evidence {
  readonly traceId: string;
  /** Null where it is about the whole turn. */
  readonly observationId: string | null;
  /** Milliseconds from the start of the session. */
  readonly atMs: number;
}

/** Something that a reader should look at, found by a rule. */
export interface Finding {
  /** Of its rule. */
  readonly rule: string;
  readonly tone: 'danger' | 'warning' | 'plain';
  /** A name from the trace that the sentence is about; empty where it is about none. */
  readonly subject: string;
  /** The rest of the sentence. */
  readonly says: string;
  /** In order of time; never empty. */
  readonly evidence: readonly Evidence[];
}

/** What rules look at. */
export interface FindingInput {
  readonly history: SessionHistory;
  readonly works: readonly TurnWork[];
  /** The bodies of an observation, as far as they are known. */
  readonly bodiesOf: (observation: ReplayObservation) => ObservationDetails | undefined;
}

export type Rule = (input: FindingInput) => Finding[];

export function evidenceOf(observation: ReplayObservation): Evidence {
  const { traceId, id, startMs, endMs } = observation;
  return { traceId, observationId: id, atMs: endMs ?? startMs };
}

export function evidenceOfTurn({ turn }: TurnWork): Evidence {
  return { traceId: turn.traceId, observationId: null, atMs: turn.startMs };
}
