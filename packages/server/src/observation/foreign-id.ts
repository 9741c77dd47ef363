import { createHash } from 'node:crypto';

/*
 * Ids of clients that do not speak OpenTelemetry are any text. Here a trace has 32 hex digits and an observation 16: an id that
 * has the form stands for itself, so that what such a client says of an OpenTelemetry trace meets it; any other becomes a hash.
 */

/** The trace id for a client's id of a trace. */
export function toTraceId(id: string): string {
  return TRACE_ID.test(id) ? id : hash('trace', id).slice(0, 32);
}

/** The observation id for a client's id of an observation. */
export function toObservationId(id: string): string {
  return OBSERVATION_ID.test(id) ? id : hash('observation', id).slice(0, 16);
}

/** The id of the observation that stands for a trace which its client gave input and output of its own. */
export function toRootId(traceId: string): string {
  return hash('root', traceId).slice(0, 16);
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const OBSERVATION_ID = /^(?!0{16})[0-9a-f]{16}$/;

function hash(kind: string, id: string): string {
  return createHash('sha256').update(`${kind}\0${id}`).digest('hex');
}
