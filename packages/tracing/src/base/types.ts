import type { SpanContext, TimeInput } from '@opentelemetry/api';
import type { ObservationLevel, ObservationType } from '@powerrag/protocol';

/** What every observation can record. A field that is `undefined` changes nothing. */
export interface ObservationAttributes {
  /** What the work was given: any value. It is recorded as it is at the call; changing it later has no effect. */
  input?: unknown;
  /** What came out, recorded in the same way. */
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

/**
 * Token counts as OpenAI's APIs report them, of either shape. Read as the kinds `input`, `output` and `total`; each detail, such as
 * `cached_tokens`, becomes a kind of its own (`input_cached_tokens`) and is subtracted from `input` or `output`.
 */
export interface OpenAiUsage {
  /** Tokens in, details included; of chat completions. */
  prompt_tokens?: number | undefined;
  /** Tokens out, details included; of chat completions. */
  completion_tokens?: number | undefined;
  /** Tokens in, details included; of responses. */
  input_tokens?: number | undefined;
  /** Tokens out, details included; of responses. */
  output_tokens?: number | undefined;
  total_tokens?: number | undefined;
  /** Parts of `prompt_tokens`: `cached_tokens`, `audio_tokens`. */
  prompt_tokens_details?: object | null | undefined;
  /** Parts of `completion_tokens`: `reasoning_tokens`, `audio_tokens`. */
  completion_tokens_details?: object | null | undefined;
  /** Parts of `input_tokens`. */
  input_tokens_details?: object | null | undefined;
  /** Parts of `output_tokens`. */
  output_tokens_details?: object | null | undefined;
}

/** What a call of a model records beyond other observations. */
export interface GenerationAttributes extends ObservationAttributes {
  /** When the first token of the answer came. */
  completionStartTime?: Date | undefined;
  /** The model's name, as its provider calls it. */
  model?: string | undefined;
  /** Temperature and the like, by name. */
  modelParameters?: Record<string, string | number> | undefined;
  /**
   * Token counts by kind, or the usage object of a provider as it comes (OpenAI, Anthropic, the AI SDK, Gemini, Bedrock, …). The
   * server counts each token once and leaves out what does not count tokens.
   */
  usageDetails?: Record<string, number> | OpenAiUsage | object | undefined;
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

/**
 * What belongs to the whole trace that an observation is part of. A field that is `undefined` changes nothing. Set twice, the
 * later value stands.
 */
export interface TraceAttributes {
  /** The trace's name. Without it, that of its root observation. */
  name?: string | undefined;
  /**
   * Whose trace it is. A number is recorded as its decimal digits; what is longer than 1,024 UTF-16 code units is cut, with a hash
   * that keeps it distinct. Anything else but a text that is not empty is ignored, with one warning.
   */
  userId?: string | undefined;
  /** The conversation that the trace belongs to, by the same rules. */
  sessionId?: string | undefined;
  /** Version of the application, or of the part of it that the trace is about. */
  version?: string | undefined;
  /** The deployment, such as a commit. */
  release?: string | undefined;
  /** What the trace as a whole was given. Without it, the input of its root observation. */
  input?: unknown;
  /** What came out of it. Without it, the output of its root observation. */
  output?: unknown;
  /** Merges by key with what is there; later wins. */
  metadata?: unknown;
  /** Added to what is there, without duplicates. */
  tags?: string[] | undefined;
  /** Whether the trace is marked as public: see `Observation.setTraceAsPublic`. */
  public?: boolean | undefined;
  /** Where it ran: `production`, `staging`, … */
  environment?: string | undefined;
}

/** How an observation starts. */
export interface StartObservationOptions<T extends ObservationType = ObservationType> {
  /** The observation's type. Default `span`. */
  asType?: T | undefined;
  /** When the work started: a Date, Unix milliseconds, or `[seconds, nanoseconds]`. Default now, as for what is not a time at all. */
  startTime?: TimeInput | undefined;
  /** The parent, instead of the active span: for a parent in another process. */
  parentSpanContext?: SpanContext | undefined;
}

/** How an observation starts and ends around a function. */
export interface StartActiveObservationOptions<T extends ObservationType = ObservationType>
  extends StartObservationOptions<T> {
  /** Whether the observation ends when the function has settled. Default true; with false the caller ends it. */
  endOnExit?: boolean | undefined;
}

/** How observations are recorded, for the whole process. */
export interface TracingOptions {
  /**
   * Also write the OpenTelemetry GenAI attributes: `gen_ai.operation.name`, `gen_ai.request.model`,
   * `gen_ai.usage.input_tokens`, `gen_ai.usage.output_tokens` and `gen_ai.conversation.id`, for other OpenTelemetry backends.
   * Default false.
   */
  genAiAttributes?: boolean;
  /**
   * Name of the instrumentation scope of our spans. Default `powerrag`. Set `langfuse-sdk` when they go to a Langfuse server or
   * through a Langfuse span processor: both choose spans by that name. With a name, usage objects are recorded as token counts by
   * kind, which such a server reads.
   */
  scopeName?: string;
  /**
   * The most that is recorded of one value (an input, an output, one metadata entry), in UTF-16 code units before JSON escapes.
   * What is beyond is cut, and a marker says how much. It holds for what the exporter records of the AI SDK, too. Default 1,048,576.
   */
  maxValueLength?: number;
  /**
   * Where the replay page is, for `sessionUrl`, `traceUrl` and `observation.url`. Default: the server that the exporter sends to, else
   * `POWERRAG_BASE_URL`.
   */
  pageUrl?: string;
}
