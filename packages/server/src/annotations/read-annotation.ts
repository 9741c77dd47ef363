import { createHash } from 'node:crypto';
import { EvaluationKeys, type Json } from '@powerrag/protocol';
import { InvalidField, type JsonFields } from '../ingest/json-fields.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { keptId } from '../otlp/text.js';
import type { Annotation } from '../store/annotations.js';
import { readPlace } from './read-place.js';

/** A score as Langfuse's API and its batches have it. Throws `InvalidField`. */
export function readScore(body: JsonFields, given: { readonly id: string; readonly timeMs: number }): Annotation {
  const name = body.required('name');
  const target = readTarget(body);
  const place = readPlace(body, target);
  return {
    ...BLANK,
    ...target,
    ...place,
    ...readValue(body),
    kind: 'score',
    id: keptId(body.text('id') ?? given.id),
    timeMs: body.instant('timestamp') ?? given.timeMs,
    name: keptId(name),
    text: body.text('comment') ?? null,
    origin: body.choice('source', ['API', 'EVAL', 'ANNOTATION'] as const) ?? 'API',
    environment: body.text('environment') ?? null,
    authorUserId: body.text('authorUserId') ?? null,
    metadata: body.metadata('metadata') ?? {},
  };
}

/** A comment as Langfuse's API has it. Throws `InvalidField`. */
export function readComment(body: JsonFields, given: { readonly id: string; readonly timeMs: number }): Annotation {
  const objectId = keptId(body.required('objectId'));
  const type = body.choice('objectType', ['SESSION', 'TRACE', 'OBSERVATION'] as const);
  if (type === undefined) throw new InvalidField('body.objectType is missing; send SESSION, TRACE or OBSERVATION.');
  const source = {
    traceId: type === 'TRACE' ? objectId : (body.text('traceId') ?? null),
    observationId: type === 'OBSERVATION' ? objectId : null,
  };
  const target = {
    sessionId: type === 'SESSION' ? objectId : null,
    traceId: source.traceId === null ? null : toTraceId(source.traceId),
    observationId: source.observationId === null ? null : toObservationId(source.observationId),
    source,
  };
  return {
    ...BLANK,
    ...target,
    ...readPlace(body, target),
    kind: 'comment',
    id: keptId(body.text('id') ?? given.id),
    timeMs: given.timeMs,
    text: body.required('content'),
    origin: 'ANNOTATION',
    authorUserId: body.text('authorUserId') ?? null,
  };
}

/** What an evaluation is on. */
interface Judged {
  readonly traceId: string | null;
  readonly spanId: string | null;
}

/** An evaluation in the events of a span or a log; null where nothing says what was judged, or how it is called. */
export function readEvaluation(
  attributes: Readonly<Record<string, Json>>,
  holder: Judged,
  timeMs: number,
): Annotation | null {
  const text = (key: string) => {
    const value = attributes[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const name = text(EvaluationKeys.name);
  const on = judgedBy(text) ?? holder;
  const sessionId = on.traceId === null ? (text(EvaluationKeys.sessionId) ?? text('gen_ai.conversation.id')) : null;
  if (name === null || (on.traceId === null && sessionId === null)) return null;
  const value = attributes[EvaluationKeys.value];
  const number = typeof value === 'number' ? value : null;
  const isBoolean = text(EvaluationKeys.dataType) === 'BOOLEAN' && (number === 0 || number === 1);
  const id = text(EvaluationKeys.id) ?? hashOf([holder, timeMs, attributes]);
  return {
    ...BLANK,
    kind: 'score',
    id: keptId(id),
    timeMs,
    sessionId: sessionId === null ? null : keptId(sessionId),
    traceId: on.traceId,
    observationId: on.spanId,
    source: { traceId: on.traceId, observationId: on.spanId },
    name: keptId(name),
    dataType: isBoolean ? 'BOOLEAN' : number === null ? 'CATEGORICAL' : 'NUMERIC',
    value: number,
    stringValue: text(EvaluationKeys.label),
    text: text(EvaluationKeys.explanation),
    origin: isCarried(attributes) ? 'API' : 'EVAL',
  };
}

/** Whether the event says itself what was judged: its span is there for it only. */
export function isCarried(attributes: Readonly<Record<string, Json>>): boolean {
  return typeof (attributes[EvaluationKeys.sessionId] ?? attributes[EvaluationKeys.traceId]) === 'string';
}

function judgedBy(text: (key: string) => string | null): Judged | null {
  const [traceId, observationId] = [text(EvaluationKeys.traceId), text(EvaluationKeys.observationId)];
  if (traceId === null) return text(EvaluationKeys.sessionId) === null ? null : { traceId: null, spanId: null };
  return { traceId: toTraceId(traceId), spanId: observationId === null ? null : toObservationId(observationId) };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

const BLANK = {
  ...{ sessionId: null, traceId: null, observationId: null, source: { traceId: null, observationId: null }, name: '' },
  ...{
    dataType: null,
    value: null,
    stringValue: null,
    text: null,
    environment: null,
    authorUserId: null,
    metadata: {},
  },
} as const;

function readTarget(body: JsonFields): Pick<Annotation, 'sessionId' | 'traceId' | 'observationId' | 'source'> {
  const [sessionId, traceId, observationId] = ['sessionId', 'traceId', 'observationId'].map((field) =>
    body.text(field),
  );
  if (sessionId === undefined && traceId === undefined) {
    throw new InvalidField('body.traceId is missing; send traceId or sessionId to say what the score is on.');
  }
  if (observationId !== undefined && traceId === undefined) {
    throw new InvalidField('body.traceId is missing; send the trace of the observation beside observationId.');
  }
  return {
    sessionId: traceId === undefined && sessionId !== undefined ? keptId(sessionId) : null,
    traceId: traceId === undefined ? null : toTraceId(traceId),
    observationId: observationId === undefined ? null : toObservationId(observationId),
    source: {
      traceId: traceId === undefined ? null : keptId(traceId),
      observationId: observationId === undefined ? null : keptId(observationId),
    },
  };
}

function readValue(body: JsonFields): Pick<Annotation, 'dataType' | 'value' | 'stringValue'> {
  const given = body.json('value');
  const dataType = body.choice('dataType', ['NUMERIC', 'BOOLEAN', 'CATEGORICAL'] as const);
  const value = typeof given === 'boolean' ? Number(given) : given;
  if (typeof value === 'string') {
    if (dataType === undefined || dataType === 'CATEGORICAL') {
      return { dataType: 'CATEGORICAL', value: null, stringValue: value };
    }
    throw new InvalidField(`body.value must be a number where dataType is ${dataType}.`);
  }
  if (typeof value !== 'number') throw new InvalidField('body.value is missing; send a number or a string.');
  if (dataType === 'CATEGORICAL') throw new InvalidField('body.value must be a string where dataType is CATEGORICAL.');
  if (dataType === 'BOOLEAN' || typeof given === 'boolean') {
    if (value !== 0 && value !== 1) throw new InvalidField('body.value must be 0 or 1 where dataType is BOOLEAN.');
    return { dataType: 'BOOLEAN', value, stringValue: value === 1 ? 'True' : 'False' };
  }
  return { dataType: 'NUMERIC', value, stringValue: null };
}
