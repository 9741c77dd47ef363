import { type Attributes, ROOT_CONTEXT, type Span, type SpanContext, trace } from '@opentelemetry/api';
import { EVALUATION_EVENT, EvaluationKeys, SpanAttributeKeys } from '@powerrag/protocol';
import { has, isObject, read } from '../base/inert.js';
import { toId } from '../base/recorded-id.js';
import { snapshot } from '../base/snapshot.js';
import { warnOnce } from '../base/warn.js';
import { checkProvider, getTracer, hintAtSetUp } from '../otel/provider.js';
import type { Observation } from '../record/observation.js';

/** A judgement by a person, a program or a model. */
export interface Score {
  /** The criterion, in a word: `helpful`, `correctness`. */
  name: string;
  /** A number, a boolean, or a category. */
  value: number | boolean | string;
  /** The reason, as text. */
  comment?: string | undefined;
  /** The session that was judged. */
  sessionId?: string | undefined;
  /** The trace that was judged; takes precedence over the session. */
  traceId?: string | undefined;
  /** The observation of `traceId` that was judged. */
  observationId?: string | undefined;
  /** The observation that was judged, instead of the ids. It may have ended already. */
  observation?: Observation | undefined;
  /** A score with the same id replaces the earlier one: use the id of a message for a thumb that can be changed. Default: a new id each time. */
  id?: string | undefined;
}

/**
 * Records a score on a session, a trace or an observation; if none is given, on the active observation. It is sent with the spans, as the
 * OpenTelemetry event `gen_ai.evaluation.result` on a separate span, which a PowerRAG server does not show. Invalid fields are left out with a
 * warning. Never throws, so values from a browser can be passed without checks.
 */
export function score(given: Score): void {
  try {
    const attributes = { ...judgedBy(given), ...scoreValue(read(given, 'value')) };
    const name = toId('the name of a score', read(given, 'name'));
    if (name === undefined || !checkFields(attributes)) return;
    const [id, comment] = [read(given, 'id'), read(given, 'comment')];
    if (!checkProvider()) {
      hintAtSetUp();
      return;
    }
    const session = attributes[EvaluationKeys.sessionId];
    const span = getTracer().startSpan(
      `score ${name}`,
      { attributes: { ...(session !== undefined && { [SpanAttributeKeys.sessionId]: session }) } },
      ROOT_CONTEXT,
    );
    span.addEvent(EVALUATION_EVENT, {
      [EvaluationKeys.name]: name,
      ...attributes,
      ...(typeof id === 'string' && id !== '' && { [EvaluationKeys.id]: id }),
      ...(typeof comment === 'string' && comment !== '' && { [EvaluationKeys.explanation]: snapshot(comment) }),
    });
    span.end();
  } catch (error) {
    warnOnce('a score could not be recorded', error);
  }
}

function checkFields(attributes: Attributes): boolean {
  const isJudged = attributes[EvaluationKeys.traceId] ?? attributes[EvaluationKeys.sessionId];
  const hasValue = attributes[EvaluationKeys.value] ?? attributes[EvaluationKeys.label];
  if (hasValue === undefined) warnOnce('score() recorded nothing: `value` is to be a number, true or false, or a text');
  else if (isJudged === undefined) {
    warnOnce(
      'score() recorded nothing: it does not know what was judged. Give sessionId, traceId (32 hex digits) or observation, or call it in an observation',
    );
  }
  return hasValue !== undefined && isJudged !== undefined;
}

function scoreValue(value: unknown): Attributes {
  if (typeof value === 'boolean') {
    const label = value ? 'True' : 'False';
    return {
      [EvaluationKeys.value]: Number(value),
      [EvaluationKeys.label]: label,
      [EvaluationKeys.dataType]: 'BOOLEAN',
    };
  }
  if (typeof value === 'number' && Number.isFinite(value)) return { [EvaluationKeys.value]: value };
  return typeof value === 'string' && value !== '' ? { [EvaluationKeys.label]: snapshot(value) } : {};
}

function judgedBy(given: Score): Attributes {
  // Not by its class: a process may hold two copies of it.
  const span = read(read(given, 'observation'), 'otelSpan');
  if (isObject(span) && has(span, 'spanContext')) return onSpan((span as Span).spanContext());
  const [traceId, sessionId] = [read(given, 'traceId'), read(given, 'sessionId')];
  if (traceId !== undefined) return onTrace(traceId, read(given, 'observationId'));
  if (sessionId !== undefined) return { [EvaluationKeys.sessionId]: toId('sessionId', sessionId) };
  const active = trace.getActiveSpan();
  return active ? onSpan(active.spanContext()) : {};
}

function onSpan({ traceId, spanId }: SpanContext): Attributes {
  return onTrace(traceId, spanId);
}

function onTrace(traceId: unknown, observationId: unknown): Attributes {
  if (typeof traceId !== 'string' || !/^(?!0+$)[\da-f]{32}$/i.test(traceId)) return {};
  const isId = typeof observationId === 'string' && /^[\da-f]{16}$/i.test(observationId);
  return { [EvaluationKeys.traceId]: traceId, ...(isId && { [EvaluationKeys.observationId]: observationId }) };
}
