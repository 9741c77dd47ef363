import type { Json, Message } from './message.js';
import type { ObservationFacts } from './observation.js';
import type { Facet } from './session-filter.js';

/** Token counts. Parts (cached, reasoning, …) are already taken out of `input` and `output`, so the entries of `details` add up to `total`. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly total: number;
  /** Every named count as it arrived or was derived: `input`, `output`, `input_cached_tokens`, … */
  readonly details: Readonly<Record<string, number>>;
}

/** One session: its row of the list, and what is counted when it is asked for alone. */
export interface SessionDetails extends SessionSummary {
  /** Scores on it and on anything in it; counted to 10,000. */
  readonly scoreCount: number;
}

/** One row of the sessions list. Times are Unix milliseconds. */
export interface SessionSummary {
  readonly id: string;
  /**
   * What the session is called: a given title, else its first question. One line, at most 200 characters; null where it has neither.
   * Like the two below it follows within seconds of what is stored.
   */
  readonly name: string | null;
  /** The first line of the last answer, at most 200 characters. */
  readonly lastAnswer: string | null;
  /** Turns of its traces, each read by itself. */
  readonly turnCount: number;
  /** Every user seen on the session's traces, most recent first. */
  readonly userIds: readonly string[];
  readonly environment: string | null;
  readonly tags: readonly string[];
  /** The models that were called, and the services that took part, in order of text. */
  readonly models: readonly string[];
  readonly services: readonly string[];
  readonly traceCount: number;
  readonly observationCount: number;
  readonly errorCount: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** In US dollars, or null when no observation carried a cost. */
  readonly totalCost: number | null;
  /** Whether any of the cost was not sent, but estimated from tokens and prices. */
  readonly costEstimated: boolean;
  readonly startMs: number;
  /** The latest start or end of any of its observations. */
  readonly lastActivityMs: number;
  /** Grows with every change of the session; of two revisions of one store, the greater is the later. */
  readonly revision: number;
}

/** How many there are: counted up to a bound, so `atLeast` this many where `isExact` is false. */
export interface BoundedCount {
  readonly count: number;
  readonly isExact: boolean;
}

/** How many sessions have a value: `count` of them, or at least as many. */
export interface FacetValue {
  /** As a query has it: `key=value` of metadata, the name of a score, `true` or `false` of `hasErrors`. */
  readonly value: string;
  readonly count: number;
}

/** The values of one kind that sessions have, most frequent first, then in order of text. */
export interface FacetCounts {
  readonly values: readonly FacetValue[];
  /** False where so many sessions match that only the latest were counted: then each count is what there is at least. */
  readonly isExact: boolean;
}

/**
 * By facet. Each is counted over the sessions that match all other filters, so that a count says what choosing its value would
 * give. A facet that was not asked for is absent.
 */
export type SessionFacets = { readonly [K in Facet]?: FacetCounts };

/** The sessions before and after one in a list. */
export interface SessionNeighbours {
  readonly previous: string | null;
  readonly next: string | null;
}

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** Pass as `cursor` for the next page; null on the last. */
  readonly nextCursor: string | null;
}

/**
 * A session, ready to be replayed: everything but the bodies of its observations, which are fetched one by one, and the ends of
 * long texts. Of many observations, a document holds the first; the rest comes in pages (`ReplayObservations`).
 * Every `…Ms` inside is an offset in milliseconds from `startedAtMs`; fractions are kept to the microsecond.
 */
export interface ReplayDocument {
  /** The state of the session: `ReplayChanges` after it are what is new. */
  readonly revision: number;
  /** When the server judged what is running, Unix milliseconds. */
  readonly asOfMs: number;
  /** Characters of a text (of a value: of its JSON) that the document holds at most. What is cut says so. */
  readonly textLimit: number;
  readonly session: SessionSummary;
  /** Unix milliseconds of offset 0: the start of the first observation. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** In order of start. */
  readonly traces: readonly ReplayTrace[];
  /** In order of start, parents before children that start at the same instant. */
  readonly observations: readonly ReplayObservation[];
  /** Where the next page of observations begins; null when all are here. */
  readonly nextObservations: string | null;
  /** The conversation, in order of start. */
  readonly turns: readonly ReplayTurn[];
  /** One per service and trace that ran at once; an observation names its lane by index. */
  readonly lanes: readonly ReplayLane[];
  /** Stretches in which no observation was open, longest worth folding only. In order, not overlapping. */
  readonly gaps: readonly ReplayGap[];
  /** Scores and comments on the session, its traces and its observations, oldest first. Absent where the server keeps none. */
  readonly annotations?: readonly ReplayAnnotation[];
}

/** More observations of a session, in the order of the document. Read later than the document, they may be newer. */
export interface ReplayObservations {
  /** Unix milliseconds of offset 0. If it is not that of the document, the document is out of date. */
  readonly startedAtMs: number;
  readonly observations: readonly ReplayObservation[];
  readonly nextObservations: string | null;
}

/**
 * A passage of a text and what stands around it, so that it is found where the same words stand twice: the text quote selector of the
 * W3C Web Annotation Data Model, section 4.2.4.
 */
export interface TextQuote {
  /** The passage itself; never empty. */
  readonly exact: string;
  /** The text just before it and just after it, as far as it was kept. */
  readonly prefix: string;
  readonly suffix: string;
}

/** A score or a comment on an observation, else on a trace, else on the session. */
export interface ReplayAnnotation {
  readonly kind: 'score' | 'comment';
  readonly id: string;
  readonly traceId: string | null;
  /** A comment may name an observation and not its trace. */
  readonly observationId: string | null;
  /** On one turn of a trace that holds several: its number among them, in order of start, from 1. */
  readonly turn?: number;
  /** On a passage of what was said there. */
  readonly passage?: TextQuote;
  /** Of a score; empty for a comment. */
  readonly name: string;
  /** Null for a comment. */
  readonly dataType: 'NUMERIC' | 'BOOLEAN' | 'CATEGORICAL' | null;
  readonly value: number | null;
  /** The value of a score that is a category, and what stands for the value of any other. */
  readonly stringValue: string | null;
  /** The comment, or what goes with the score in words. */
  readonly text: string | null;
  /** Who gave it: a program, an evaluator of the traced application, or a person. */
  readonly origin: 'API' | 'EVAL' | 'ANNOTATION';
  /** When, Unix milliseconds: it may be long after the session. */
  readonly timeMs: number;
}

export interface ReplayTrace {
  readonly id: string;
  /** Null while it runs and neither its root nor anything else has told the name. */
  readonly name: string | null;
  /**
   * Its root has not ended, and the trace went on within the last 15 minutes; or has not arrived, and it did within the last two.
   */
  readonly running: boolean;
  /** The lane of each of its services. */
  readonly lanes: readonly { readonly service: string | null; readonly lane: number }[];
  readonly startMs: number;
  readonly endMs: number;
  readonly userId: string | null;
  readonly tags: readonly string[];
  /** Ids of conversations that were named in the trace beside that of its session, such as those that an agent library makes up. */
  readonly conversationIds: readonly string[];
  readonly environment: string | null;
  readonly release: string | null;
  readonly version: string | null;
  /** A value over the limit is the beginning of its text, or of its JSON. */
  readonly metadata: Readonly<Record<string, Json>>;
  /** The lengths of the metadata values that are cut, by key. Absent where none is. */
  readonly cutMetadata?: Readonly<Record<string, number>>;
  readonly observationCount: number;
  readonly errorCount: number;
  readonly totalTokens: number;
  readonly totalCost: number | null;
  /** Whether any of the cost was not sent, but estimated from tokens and prices. */
  readonly costEstimated: boolean;
}

/** The facts that a replay has of every observation, without a text that can be long. */
type ReplayFacts = Pick<
  ObservationFacts,
  | 'id'
  | 'traceId'
  | 'type'
  | 'name'
  | 'startMs'
  | 'endMs'
  | 'firstTokenMs'
  | 'level'
  | 'service'
  | 'model'
  | 'costEstimated'
>;

/** One observation in a replay, without its bodies. */
export interface ReplayObservation extends ReplayFacts {
  /** Null for a root, and for an observation whose parent never arrived. */
  readonly parentId: string | null;
  /** Distance from its root in the tree; 0 for a root. */
  readonly depth: number;
  /** Index into `lanes`. */
  readonly lane: number;
  /** Its beginning, where it is over the limit; `ObservationDetails` has all of it. */
  readonly statusMessage: string | null;
  /** What `statusMessage` says in words, where it is or contains JSON or what Python's `repr` writes. Absent where it says it itself. */
  readonly statusReason?: string;
  readonly usage: TokenUsage | null;
  /** In US dollars. */
  readonly cost: number | null;
  /**
   * Its tokens that the sums of its trace and session hold: 0 for what is not a model call, and for a call whose tokens another
   * observation counts.
   */
  readonly countedTokens: number;
  /** The same of its cost, in US dollars; null where none of it is counted. */
  readonly countedCost: number | null;
  /** Another call beside it is a record of the same request, which is counted instead of it. Absent where that is not so. */
  readonly isRepeat?: true;
  /** The parent was named but never arrived, and the trace is not running: a parent that runs is sent when it ends. */
  readonly orphan: boolean;
  /** It starts more than 50 ms before its parent: the clocks of two services disagree. */
  readonly skewed: boolean;
}

/** Why the words of a turn may not be those of the conversation. */
export type ReplayDoubt =
  /** The root of the trace has not arrived and nothing else has for a while: the answer may not be the last. */
  | 'root-missing'
  /** Calls ran at once on words of their own, and nothing tells for certain which of them answered the user. */
  | 'parallel-calls'
  /** Calls share no history; each is shown as an exchange of its own. */
  | 'separate-calls'
  /** A call was made from the words of another; the one may be a step towards the answer, or the answer. */
  | 'derived-calls'
  /** Several models answered the same question; all their answers are shown. */
  | 'several-answers';

/** One exchange: what was asked and what was answered, with what happened in between. A trace holds one or more. */
export interface ReplayTurn {
  /** The trace that the turn was read from. */
  readonly traceId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** In order; only what this turn added, never the history that was sent along. No answer while the turn is running. */
  readonly messages: readonly ReplayMessage[];
  /** Ids of the generations, retrievers and tools that ran in this turn, in order of start. */
  readonly steps: readonly string[];
  readonly models: readonly string[];
  readonly totalTokens: number;
  readonly totalCost: number | null;
  /** Ids of observations with level ERROR, in order of start. */
  readonly errors: readonly string[];
  /** Its trace is running: the answer is still to come. */
  readonly running: boolean;
  /** Empty where the words are certain. */
  readonly doubts: readonly ReplayDoubt[];
  /** Answers in the history sent along that no turn of the session shows: said before it was recorded, or made up as examples. */
  readonly unseenAnswers: number;
}

export interface ReplayMessage extends Message {
  /** When the message was there to be read: a question as it was asked, an answer as it was complete. */
  readonly atMs: number;
  /** The observation that it was read from. */
  readonly observationId: string;
  /** Names the message within its trace. Present where some of its parts are cut: the key to read all of it by. */
  readonly key?: string;
}

export interface ReplayLane {
  readonly service: string | null;
  /** What to write beside the lane. */
  readonly label: string;
}

export interface ReplayGap {
  readonly startMs: number;
  readonly endMs: number;
}

/** One observation with its bodies. */
export interface ObservationDetails extends ObservationFacts {
  readonly sessionId: string | null;
  /** As in `ReplayObservation`. */
  readonly statusReason?: string;
  readonly usage: TokenUsage | null;
  readonly costDetails: Readonly<Record<string, number>>;
  /** In US dollars. */
  readonly cost: number | null;
  readonly input: Json;
  readonly output: Json;
  /** The input and output read as messages, where their shape is a known one. */
  readonly inputMessages: readonly Message[] | null;
  readonly outputMessages: readonly Message[] | null;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly events: readonly ObservationEvent[];
}

export interface ObservationEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Readonly<Record<string, Json>>;
}
