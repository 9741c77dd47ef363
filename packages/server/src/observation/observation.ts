import type { Json, ObservationFacts } from '@powerrag/protocol';

/**
 * Text as it arrived: JSON if it parses as JSON, else plain text. It is parsed when it is read, not at ingest: most of it is
 * never read, and a value that is nested too deep must not break ingest.
 */
export type BodyText = string;

/** The latest time in OTLP, 2^64 - 1 nanoseconds (in 2554), as Unix milliseconds. Every time is between 0 and this. */
export const MAX_UNIX_MS = 18_446_744_073_709.551;

/** One unit of work: the model that every convention is normalised to. */
export interface Observation extends ObservationFacts {
  /** Token counts by name. Cached and reasoning tokens are already taken out of `input` and `output`; `total` is set when any other is. */
  readonly usage: Readonly<Record<string, number>>;
  /** US dollars by name; `total` is set when any other is. */
  readonly cost: Readonly<Record<string, number>>;
  /**
   * The provider's id of the answer: of two model calls of a trace with the same one, which ran at the same time, one counts (see
   * `spendOfTrace`). It follows from the body. Null where the client sends none, and in what was stored before it was kept.
   */
  readonly responseId: string | null;
  readonly body: ObservationBody;
  /** The trace attributes on this span. */
  readonly trace: TraceAttributes;
  /** What was said of the trace beside `trace`, each at a moment of its own. Only of an observation that was put together from pieces. */
  readonly statements?: readonly TraceAttributesAt[];
  /** Of how many pieces it was put together; absent for one that came whole. The more there are, the more is known. */
  readonly pieceCount?: number;
}

/** What an observation has where nothing was said. */
export const UNSAID = {
  parentId: null,
  endMs: null,
  firstTokenMs: null,
  level: 'DEFAULT',
  statusMessage: null,
  service: null,
  scope: null,
  environment: null,
  version: null,
  model: null,
  provider: null,
  modelParameters: {},
  usage: {},
  cost: {},
  costEstimated: false,
  prompt: null,
  responseId: null,
} as const satisfies Partial<Observation>;

/** What one piece of an observation says of its trace. */
interface TraceAttributesAt {
  /** When it was said, Unix milliseconds. */
  readonly atMs: number;
  /** Tells it from what else was said at that moment. */
  readonly by: string;
  readonly trace: TraceAttributes;
}

/** The parts of an observation that can be large. */
export interface ObservationBody {
  readonly input: BodyText | null;
  readonly output: BodyText | null;
  /** Metadata, and every attribute that no convention uses, under its own key. Strings are `BodyText`. */
  readonly metadata: Readonly<Record<string, Json>>;
  readonly events: readonly {
    readonly name: string;
    readonly timeMs: number;
    readonly attributes: Readonly<Record<string, Json>>;
  }[];
}

/** The part of a body that is read as words. */
export type BodyTexts = Pick<ObservationBody, 'input' | 'output'>;

/** The strength of a session id, by the key that it was set under. The lowest number wins. */
export const IdStrengths = {
  /** A key that means the application's session only. */
  explicit: 1,
  /** Metadata that a framework passes on for the application. */
  metadata: 2,
  /** `gen_ai.conversation.id`, which libraries generate when the application sets none. */
  conversation: 3,
  /** The resource, which is the same for every trace of a process. */
  resource: 4,
} as const;

/**
 * The strength of a trace's release, version and environment. The lowest number wins. Those of the root are stronger than all
 * of these.
 */
export const PlaceStrengths = {
  /** A key for traces only, or the first span of a service in the trace. */
  trace: 2,
  /** The resource: true for the process, not only for this span. */
  resource: 3,
  /** Set by a span below the root for itself. Counts for the trace only until a root arrives. */
  own: 4,
} as const;

export type PlaceStrength = (typeof PlaceStrengths)[keyof typeof PlaceStrengths];

/** The fields that both an observation and its trace have. */
export type PlaceField = 'release' | 'version' | 'environment';

export type IdStrength = (typeof IdStrengths)[keyof typeof IdStrengths];

/** The attributes of a whole trace, as one span carries them. A field that the span does not set is absent. */
export interface TraceAttributes {
  readonly name?: string;
  readonly sessionId?: string;
  /** Strength of `sessionId`. Default `IdStrengths.explicit`. */
  readonly sessionIdStrength?: IdStrength;
  /** Conversation ids: other session ids that were seen in the trace. */
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
  /** Strength of each place field. Default `PlaceStrengths.own`. */
  readonly placeStrengths?: { readonly [F in PlaceField]?: PlaceStrength };
}
