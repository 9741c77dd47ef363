import type { Json, ObservationLevel, ObservationType } from '@powerrag/protocol';

/**
 * Text as it arrived: JSON where it parses as JSON, else plain text. It is parsed when somebody reads it, not at ingest:
 * most of what is stored is never looked at, and a value too deep to write again must not break the reader.
 */
export type BodyText = string;

/** The last moment that OTLP can name, 2^64 - 1 nanoseconds (in 2554), as Unix milliseconds. Every time is from 0 to this. */
export const MAX_UNIX_MS = 18_446_744_073_709.551;

/** One unit of work, in the one model that every convention is normalised to. Times are Unix milliseconds with microsecond fractions. */
export interface Observation {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** The span id: 16 lower-case hex digits. */
  readonly id: string;
  readonly parentId: string | null;
  readonly type: ObservationType;
  readonly name: string;
  readonly startMs: number;
  /** Null while it has not ended. */
  readonly endMs: number | null;
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
  /** Token counts by name. Cached and reasoning tokens are already taken out of `input` and `output`; `total` is always there when any is. */
  readonly usage: Readonly<Record<string, number>>;
  /** US dollars by name; `total` is always there when any is. */
  readonly cost: Readonly<Record<string, number>>;
  readonly prompt: { readonly name: string; readonly version: number | null } | null;
  readonly body: ObservationBody;
  /** What this span says of the trace it belongs to. */
  readonly trace: TraceFields;
  /** What was said of the trace beside `trace`, each at a moment of its own. Only of an observation that was put together from pieces. */
  readonly statements?: readonly TraceFieldsAt[];
  /** Of how many pieces it was put together; absent for one that came whole. The more there are, the more is known. */
  readonly pieceCount?: number;
}

/** What one piece of an observation says of its trace. */
interface TraceFieldsAt {
  /** When it was said, Unix milliseconds. */
  readonly atMs: number;
  /** Tells it from what else was said at that moment. */
  readonly by: string;
  readonly trace: TraceFields;
}

/** The parts of an observation that can be large. */
export interface ObservationBody {
  readonly input: BodyText | null;
  readonly output: BodyText | null;
  /** Metadata, and every attribute that no convention claimed, under its own key. Strings are `BodyText`. */
  readonly metadata: Readonly<Record<string, Json>>;
  readonly events: readonly {
    readonly name: string;
    readonly timeMs: number;
    readonly attributes: Readonly<Record<string, Json>>;
  }[];
}

/** How firmly a span says which session its trace belongs to, by the key that it was said under. The lowest stands. */
export const IdStrengths = {
  /** A key that means the session of the application and nothing else. */
  explicit: 1,
  /** Metadata that a framework carries for the application. */
  metadata: 2,
  /** `gen_ai.conversation.id`, which libraries make up where the application gives none. */
  conversation: 3,
  /** The resource, which says the same of every trace of a process. */
  resource: 4,
} as const;

/**
 * How firmly a span says where and in which version its trace ran. The lowest stands. What the root itself says is stronger
 * than all of these.
 */
export const PlaceStrengths = {
  /** A key that is the trace's alone, or the first span of a service's part of the trace. */
  trace: 2,
  /** The resource: where the process ran, and not only this span. */
  resource: 3,
  /** A span below the root, of itself. It speaks for its trace only as long as no root has come. */
  own: 4,
} as const;

export type PlaceStrength = (typeof PlaceStrengths)[keyof typeof PlaceStrengths];

/** The fields that an observation has as well as its trace. */
export type PlaceField = 'release' | 'version' | 'environment';

export type IdStrength = (typeof IdStrengths)[keyof typeof IdStrengths];

/** What a span says of its trace. A field that the span does not mention is absent. */
export interface TraceFields {
  readonly name?: string;
  readonly sessionId?: string;
  /** How firmly `sessionId` was said. Default `IdStrengths.explicit`. */
  readonly sessionIdStrength?: IdStrength;
  /** Ids of sessions that were named beside `sessionId`: conversations within the trace. */
  readonly conversationIds?: readonly string[];
  readonly userId?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly input?: BodyText;
  readonly output?: BodyText;
  readonly public?: boolean;
  readonly release?: string;
  readonly version?: string;
  readonly environment?: string;
  /** How firmly each of the three was said. Default `PlaceStrengths.own`. */
  readonly placeStrengths?: { readonly [F in PlaceField]?: PlaceStrength };
}
