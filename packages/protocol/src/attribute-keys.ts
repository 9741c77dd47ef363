/**
 * The span attribute keys that carry observations and traces on the wire. Each key is written here and nowhere else; `@wire`
 * says what its value is. They are the keys a Langfuse server reads, so either server understands either SDK.
 * `docs/wire-contract.md` is made from this table.
 */
export const SpanAttributeKeys = {
  /**
   * The type of the observation. Without it, the other attributes of the span decide.
   * @wire string, one of the types below
   */
  observationType: 'langfuse.observation.type',
  /**
   * Severity. Without it, the status and the exceptions of the span decide.
   * @wire string, one of the levels below
   */
  observationLevel: 'langfuse.observation.level',
  /**
   * The reason for that level, as text.
   * @wire string
   */
  observationStatusMessage: 'langfuse.observation.status_message',
  /**
   * Input of the work.
   * @wire string: a text as it is, anything else as JSON
   */
  observationInput: 'langfuse.observation.input',
  /**
   * Output of the work.
   * @wire string: a text as it is, anything else as JSON
   */
  observationOutput: 'langfuse.observation.output',
  /**
   * Metadata, followed by `.<key>` for each key of an object; the bare key if the metadata is not an object, and for keys above 64.
   * @wire string: a text as it is, anything else as JSON
   */
  observationMetadata: 'langfuse.observation.metadata',
  /**
   * The model's name, as its provider calls it.
   * @wire string
   */
  observationModel: 'langfuse.observation.model.name',
  /**
   * Parameters of the call, such as the temperature.
   * @wire string, a JSON object
   */
  observationModelParameters: 'langfuse.observation.model.parameters',
  /**
   * Token counts by kind, or a provider's unchanged usage object. Kinds do not overlap: cached tokens are their own kind and not
   * part of `input`.
   * @wire string, a JSON object
   */
  observationUsageDetails: 'langfuse.observation.usage_details',
  /**
   * Costs in US dollars, by the same kinds. Without `total`, the sum of the others is the total.
   * @wire string, a JSON object of numbers
   */
  observationCostDetails: 'langfuse.observation.cost_details',
  /**
   * When the first piece of a streamed answer arrived.
   * @wire string, an ISO 8601 instant as JSON, that is, in double quotes
   */
  observationCompletionStartTime: 'langfuse.observation.completion_start_time',
  /**
   * Name of the prompt in a prompt store. Not written for a fallback prompt.
   * @wire string
   */
  observationPromptName: 'langfuse.observation.prompt.name',
  /**
   * Version of that prompt.
   * @wire int
   */
  observationPromptVersion: 'langfuse.observation.prompt.version',

  /**
   * Name of the trace. Without it, the name of its root observation.
   * @wire string
   */
  traceName: 'langfuse.trace.name',
  /**
   * Input of the trace as a whole. Without it, that of its root observation.
   * @wire string: a text as it is, anything else as JSON
   */
  traceInput: 'langfuse.trace.input',
  /**
   * Output of the trace as a whole. Without it, that of its root observation.
   * @wire string: a text as it is, anything else as JSON
   */
  traceOutput: 'langfuse.trace.output',
  /**
   * Labels. The tags of all spans of the trace are united.
   * @wire array of strings; a JSON array in a string, and text with commas, are read too
   */
  traceTags: 'langfuse.trace.tags',
  /**
   * Whether the trace is marked as public. A PowerRAG server stores the mark and gives no access by it.
   * @wire bool; `"true"` and `"false"` are read too
   */
  tracePublic: 'langfuse.trace.public',
  /**
   * Metadata of the trace, followed by `.<key>` for each key of an object; the bare key if the metadata is not an object, and for keys
   * above 64. The metadata of all spans of the trace is merged by key.
   * @wire string: a text as it is, anything else as JSON
   */
  traceMetadata: 'langfuse.trace.metadata',
  /**
   * Who caused the trace.
   * @wire string of at most 1,024 UTF-16 code units; a longer one is cut and ends in `~` and a hash
   */
  userId: 'user.id',
  /**
   * The session that the trace belongs to. `langfuse.session.id` is read too, and takes precedence.
   * @wire string, by the same rule
   */
  sessionId: 'session.id',

  /**
   * Where it ran, such as `production`. On an observation or on its whole trace.
   * @wire string
   */
  environment: 'langfuse.environment',
  /**
   * The release that was deployed.
   * @wire string
   */
  release: 'langfuse.release',
  /**
   * Version of the code that did the work. On an observation or on its whole trace.
   * @wire string
   */
  version: 'langfuse.version',

  /**
   * True on the first exported span of a local trace. Langfuse SDKs write it: the version and environment of this span then count for its trace. Not shown.
   * @wire bool
   */
  isAppRoot: 'langfuse.internal.is_app_root',

  /**
   * How a stream was left before its end, on the observation that followed it.
   * @wire string: `returned`, `cancelled`, `thrown` or `abandoned`
   */
  partial: 'powerrag.observation.partial',
  /**
   * When the pieces of a streamed answer arrived: per piece, or per few pieces of a long answer, the milliseconds since the start of the
   * observation and the number of UTF-16 code units.
   * @wire string, a JSON array of at most 1,000 pairs of numbers
   */
  pieces: 'powerrag.observation.pieces',
  /**
   * By how many milliseconds the given end was before the start. The recorded end is the start.
   * @wire double or int
   */
  endClampedMs: 'powerrag.observation.end_clamped_ms',
} as const;

export type SpanAttributeKey = (typeof SpanAttributeKeys)[keyof typeof SpanAttributeKeys];
