/** The ten kinds of work an observation can record. */
export const OBSERVATION_TYPES = [
  'span',
  'generation',
  'event',
  'embedding',
  'agent',
  'tool',
  'chain',
  'retriever',
  'evaluator',
  'guardrail',
] as const;

export type ObservationType = (typeof OBSERVATION_TYPES)[number];

/** Severity of an observation, mildest first. */
export const OBSERVATION_LEVELS = ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'] as const;

export type ObservationLevel = (typeof OBSERVATION_LEVELS)[number];
