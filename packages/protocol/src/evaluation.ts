/** The name of the event in which OpenTelemetry's GenAI conventions say how a call was judged. */
export const EVALUATION_EVENT = 'gen_ai.evaluation.result';

/**
 * Attributes of that event: those of the conventions, and ours, which say what was judged where it is not the span that has the event. A span
 * with an event that has one of the latter only carries the score and is not part of the application's work.
 */
export const EvaluationKeys = {
  /** What was judged, as a word: `helpful`. */
  name: 'gen_ai.evaluation.name',
  /** A number. */
  value: 'gen_ai.evaluation.score.value',
  /** A text instead of a number, or what the number means. */
  label: 'gen_ai.evaluation.score.label',
  /** Why, in words. */
  explanation: 'gen_ai.evaluation.explanation',
  /** A score of the same id replaces the one before. */
  id: 'powerrag.score.id',
  /** `BOOLEAN` where the number stands for true or false. */
  dataType: 'powerrag.score.data_type',
  /** The session that was judged. */
  sessionId: 'powerrag.score.session_id',
  /** The trace that was judged. */
  traceId: 'powerrag.score.trace_id',
  /** The observation of that trace that was judged. */
  observationId: 'powerrag.score.observation_id',
} as const;
