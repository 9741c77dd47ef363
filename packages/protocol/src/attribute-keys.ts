/**
 * The span attribute keys that carry observations and traces on the wire. Each key is written here and nowhere else.
 * They are the keys a Langfuse server reads, so either server understands either SDK.
 */
export const SpanAttributeKeys = {
  observationType: 'langfuse.observation.type',
  observationLevel: 'langfuse.observation.level',
  observationStatusMessage: 'langfuse.observation.status_message',
  observationInput: 'langfuse.observation.input',
  observationOutput: 'langfuse.observation.output',
  /** Followed by `.<key>` for each key of an object; bare when the metadata is not an object. */
  observationMetadata: 'langfuse.observation.metadata',
  observationModel: 'langfuse.observation.model.name',
  observationModelParameters: 'langfuse.observation.model.parameters',
  observationUsageDetails: 'langfuse.observation.usage_details',
  observationCostDetails: 'langfuse.observation.cost_details',
  /** An ISO 8601 instant as JSON, that is, in double quotes. */
  observationCompletionStartTime: 'langfuse.observation.completion_start_time',
  observationPromptName: 'langfuse.observation.prompt.name',
  observationPromptVersion: 'langfuse.observation.prompt.version',

  traceName: 'langfuse.trace.name',
  traceInput: 'langfuse.trace.input',
  traceOutput: 'langfuse.trace.output',
  traceTags: 'langfuse.trace.tags',
  tracePublic: 'langfuse.trace.public',
  /** Followed by `.<key>` for each key of an object; bare when the metadata is not an object. */
  traceMetadata: 'langfuse.trace.metadata',
  userId: 'user.id',
  sessionId: 'session.id',

  environment: 'langfuse.environment',
  release: 'langfuse.release',
  version: 'langfuse.version',

  /** True on the first exported span of a local trace. */
  isAppRoot: 'langfuse.internal.is_app_root',

  /** How a stream was left before its end, on the observation that followed it: `returned`, `cancelled`, `thrown`, `abandoned`. */
  partial: 'powerrag.observation.partial',
  /** By how many milliseconds the given end lay before the start. The recorded end is the start. */
  endClampedMs: 'powerrag.observation.end_clamped_ms',
} as const;

export type SpanAttributeKey = (typeof SpanAttributeKeys)[keyof typeof SpanAttributeKeys];
