import type { Json } from './message.js';

/** The ten kinds of work an observation can record. */
export const OBSERVATION_TYPES = [
  /** Any other work. The server's default for spans without other hints. */
  'span',
  /** One call of a language model. Has model, tokens, cost and time to first token. */
  'generation',
  /** Something that happened at one point in time. */
  'event',
  /** One call of an embedding model. Has model, tokens and cost. */
  'embedding',
  /** Something that decides what to do next. */
  'agent',
  /** One call of a tool that a model or an agent asked for. */
  'tool',
  /** Steps that always follow each other. */
  'chain',
  /** A search. */
  'retriever',
  /** A judgement on the work. */
  'evaluator',
  /** A check that may stop the work. */
  'guardrail',
] as const;

export type ObservationType = (typeof OBSERVATION_TYPES)[number];

/** Severity of an observation, mildest first. */
export const OBSERVATION_LEVELS = [
  /** Only useful for debugging. */
  'DEBUG',
  /** Nothing special. */
  'DEFAULT',
  /** Worth a look; the work continued. Also an aborted call. */
  'WARNING',
  /** The work failed. Counted as an error of its session. */
  'ERROR',
] as const;

export type ObservationLevel = (typeof OBSERVATION_LEVELS)[number];

/** The fields of an observation that the server's model and the page share, without its texts. Times are Unix milliseconds with microsecond fractions. */
export interface ObservationFacts {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** The span id: 16 lower-case hex digits. */
  readonly id: string;
  readonly parentId: string | null;
  readonly type: ObservationType;
  readonly name: string;
  readonly startMs: number;
  /** Null while it is open. */
  readonly endMs: number | null;
  /** When the first token of a streamed answer came, if known. */
  readonly firstTokenMs: number | null;
  readonly level: ObservationLevel;
  readonly statusMessage: string | null;
  readonly service: string | null;
  /** Name of the instrumentation scope. */
  readonly scope: string | null;
  readonly environment: string | null;
  readonly version: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly modelParameters: Readonly<Record<string, Json>>;
  /** Whether the cost was not sent, but estimated from tokens and prices. */
  readonly costEstimated: boolean;
  readonly prompt: { readonly name: string; readonly version: number | null } | null;
}
