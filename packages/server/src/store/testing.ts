import { type Observation, type ObservationBody, UNSAID } from '../observation/observation.js';
import type { Annotation } from './annotations.js';

/** An observation for tests: a finished span of one millisecond, with the fields of the test. */
export function anObservation(
  say: Partial<Omit<Observation, 'body'>> & { readonly body?: Partial<ObservationBody> } = {},
): Observation {
  const { body, ...rest } = say;
  return {
    ...UNSAID,
    traceId: 'a'.repeat(32),
    id: 'b'.repeat(16),
    type: 'span',
    name: 'work',
    startMs: 1000,
    endMs: 1001,
    trace: {},
    ...rest,
    body: { input: null, output: null, metadata: {}, events: [], ...body },
  };
}

/** A trace id, 32 hex digits, by number. */
export function traceId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** An observation id, 16 hex digits, by number. */
export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

let projects = 0;

/** The id of a project that no other test has, for properties that write to one store again and again. */
export function nextProject(): string {
  projects += 1;
  return `property-${projects}`;
}

/** A score on the first trace. */
export const aScore = (id: string, say: Partial<Annotation> = {}): Annotation => ({
  ...{ kind: 'score', id, sessionId: null, traceId: traceId(1), observationId: null, timeMs: 10, name: 'helpful' },
  ...{ source: { traceId: null, observationId: null }, dataType: 'NUMERIC', value: 1, stringValue: null, text: null },
  ...{ origin: 'API', environment: null, authorUserId: null, metadata: { ['__proto__']: 1 }, ...say },
});
