import type { SpanContext, TimeInput } from '@opentelemetry/api';
import type { ObservationLevel, ObservationType } from '@powerrag/protocol';

/** What every observation can record. A field that is `undefined` changes nothing. */
export interface ObservationAttributes {
  /** What the work was given: any value. It is recorded as it is at the call; changing it later has no effect. */
  input?: unknown;
  /** What came out, likewise. */
  output?: unknown;
  /** Searchable by key. Updates merge by key. */
  metadata?: Record<string, unknown> | undefined;
  /** Severity. Left out, it is read as `DEFAULT`. */
  level?: ObservationLevel | undefined;
  /** Why it has that level, in a sentence. */
  statusMessage?: string | undefined;
  /** Version of the part of the application that did the work. */
  version?: string | undefined;
  /** Where it ran: `production`, `staging`, … */
  environment?: string | undefined;
}

/** Token counts as OpenAI's APIs report them, of either shape: `prompt_tokens` or `input_tokens`, with their details. */
export interface OpenAiUsage {
  prompt_tokens?: number | undefined;
  completion_tokens?: number | undefined;
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  total_tokens?: number | undefined;
  prompt_tokens_details?: object | null | undefined;
  completion_tokens_details?: object | null | undefined;
  input_tokens_details?: object | null | undefined;
  output_tokens_details?: object | null | undefined;
}

/** What a call of a model records beyond other observations. */
export interface GenerationAttributes extends ObservationAttributes {
  /** When the first token of the answer came. */
  completionStartTime?: Date | undefined;
  model?: string | undefined;
  modelParameters?: Record<string, string | number> | undefined;
  /** Token counts by kind. OpenAI's usage object is taken as it comes and told apart into kinds that do not overlap. */
  usageDetails?: Record<string, number> | OpenAiUsage | undefined;
  /** Costs in US dollars by the same kinds. */
  costDetails?: Record<string, number> | undefined;
  /** The prompt of a prompt store that was used. A fallback prompt is not linked. */
  prompt?: { name: string; version: number; isFallback?: boolean } | undefined;
}

/** Which attributes each observation type takes. */
export interface AttributesByType {
  span: ObservationAttributes;
  generation: GenerationAttributes;
  event: ObservationAttributes;
  embedding: GenerationAttributes;
  agent: ObservationAttributes;
  tool: ObservationAttributes;
  chain: ObservationAttributes;
  retriever: ObservationAttributes;
  evaluator: ObservationAttributes;
  guardrail: ObservationAttributes;
}

/** What belongs to the whole trace that an observation is part of. A field that is `undefined` changes nothing. */
export interface TraceAttributes {
  name?: string | undefined;
  /** Whose trace it is. A number is recorded as its decimal digits; anything longer than 1,024 characters is cut, with a hash. */
  userId?: string | undefined;
  /** The conversation that the trace belongs to, by the same rules. */
  sessionId?: string | undefined;
  version?: string | undefined;
  release?: string | undefined;
  input?: unknown;
  output?: unknown;
  /** Merges by key with what is there; later wins. */
  metadata?: unknown;
  /** Added to what is there, without duplicates. */
  tags?: string[] | undefined;
  /** Whether anybody with the link may read the trace. */
  public?: boolean | undefined;
  environment?: string | undefined;
}

export interface StartObservationOptions<T extends ObservationType = ObservationType> {
  /** The observation's type. Default `span`. */
  asType?: T | undefined;
  /** When the work started: a Date, Unix milliseconds, or `[seconds, nanoseconds]`. Default now. */
  startTime?: TimeInput | undefined;
  /** The parent, instead of the active span: for a parent in another process. */
  parentSpanContext?: SpanContext | undefined;
}

export interface StartActiveObservationOptions<T extends ObservationType = ObservationType>
  extends StartObservationOptions<T> {
  /** Whether the observation ends when the function has settled. Default true; with false the caller ends it. */
  endOnExit?: boolean | undefined;
}
