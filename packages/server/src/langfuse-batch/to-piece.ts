import { createHash } from 'node:crypto';
import { type Json, OBSERVATION_LEVELS, OBSERVATION_TYPES, type ObservationType } from '@powerrag/protocol';
import { bodyText, JsonFields } from '../ingest/json-fields.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { PlaceStrengths, type TraceAttributes } from '../observation/observation.js';
import { SOURCE_ID_KEYS } from '../pieces/assemble.js';
import type { Piece, PieceFields } from '../pieces/piece.js';
import { costOf, usageOf } from './usage.js';

/** An event of a batch: the envelope that Langfuse's SDKs put around each body. */
export interface BatchEvent {
  readonly id: string;
  readonly type: string;
  /** When it was enqueued, Unix milliseconds. */
  readonly atMs: number;
  readonly body: JsonFields;
  /** All of it as JSON, which tells it from every other. */
  readonly text: string;
}

/** What an event makes: the type of its observation, `body` where the body says; and whether it starts the observation. */
interface EventKind {
  readonly type: ObservationType | 'body';
  readonly isCreate: boolean;
}

const OBSERVATION_EVENTS: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['span-create', { type: 'span', isCreate: true }],
  ['span-update', { type: 'span', isCreate: false }],
  ['generation-create', { type: 'generation', isCreate: true }],
  ['generation-update', { type: 'generation', isCreate: false }],
  ['event-create', { type: 'event', isCreate: true }],
  ...(['agent', 'tool', 'chain', 'retriever', 'evaluator', 'embedding', 'guardrail'] as const).map(
    (type): [string, EventKind] => [`${type}-create`, { type, isCreate: true }],
  ),
  ['observation-create', { type: 'body', isCreate: true }],
  ['observation-update', { type: 'body', isCreate: false }],
]);

/** The piece that the event is; null when it is not about a trace or an observation. Throws `InvalidField`. */
export function toPiece(event: BatchEvent, scope: string | null): Piece | null {
  if (event.type === 'trace-create') return tracePiece(event, scope);
  const kind = OBSERVATION_EVENTS.get(event.type);
  return kind === undefined ? null : observationPiece(event, kind, scope);
}

function tracePiece(event: BatchEvent, scope: string | null): Piece {
  const { body } = event;
  const sourceId = body.text('id') ?? event.id;
  const traceId = toTraceId(sourceId);
  const name = body.text('name');
  const metadata = body.metadata('metadata');
  const ownId = sourceId === traceId ? {} : { [SOURCE_ID_KEYS.trace]: sourceId };
  return {
    ...placed(event, 'trace', sourceId, traceId, ['timestamp', 'start_time', 'end_time', 'startTime', 'endTime']),
    fields: defined({
      name,
      input: bodyText(body.json('input')),
      output: bodyText(body.json('output')),
      scope: scope ?? undefined,
      version: body.text('version'),
      environment: body.text('environment'),
    }),
    trace: defined<TraceAttributes>({
      name,
      sessionId: body.text('sessionId'),
      userId: body.text('userId'),
      tags: body.texts('tags'),
      metadata: { ...metadata, ...ownId },
      public: body.boolean('public'),
      release: body.text('release'),
      version: body.text('version'),
      environment: body.text('environment'),
    }),
  };
}

function observationPiece(event: BatchEvent, kind: EventKind, scope: string | null): Piece {
  const { body } = event;
  const sourceId = kind.isCreate ? (body.text('id') ?? event.id) : body.required('id');
  const traceSource = body.text('traceId');
  const parent = body.text('parentObservationId');
  const environment = body.text('environment');
  const type = kind.type === 'body' ? (body.choice('type', OBSERVATION_TYPES) ?? 'span') : kind.type;
  const startMs = body.instant('startTime');
  // Without a trace the observation is one of its own, as a trace of the same id.
  const traceId = traceSource !== undefined || kind.isCreate ? toTraceId(traceSource ?? sourceId) : null;
  const piece = placed(event, 'observation', sourceId, traceId, ['startTime', 'endTime', 'completionStartTime']);
  const fields: PieceFields = defined<PieceFields>({
    type,
    parentId: parent === undefined ? undefined : toObservationId(parent),
    name: body.text('name'),
    startMs,
    endMs: body.instant('endTime') ?? (type === 'event' ? (startMs ?? event.atMs) : undefined),
    firstTokenMs: body.instant('completionStartTime'),
    level: body.choice('level', OBSERVATION_LEVELS),
    statusMessage: body.text('statusMessage'),
    scope: scope ?? undefined,
    version: body.text('version'),
    environment,
    model: body.text('model'),
    modelParameters: body.object('modelParameters'),
    usage: usageOf(body.object('usageDetails'), body.object('usage')),
    cost: costOf(body.object('costDetails'), body.object('usage')),
    prompt: promptOf(body),
    input: bodyText(body.json('input')),
    output: bodyText(body.json('output')),
    metadata: body.metadata('metadata'),
  });
  const ownTraceId =
    traceSource === undefined || traceSource === traceId ? {} : { [SOURCE_ID_KEYS.trace]: traceSource };
  const trace = {
    ...(environment === undefined ? {} : { environment, placeStrengths: { environment: PlaceStrengths.trace } }),
    ...(Object.keys(ownTraceId).length === 0 ? {} : { metadata: ownTraceId }),
  };
  return { ...piece, fields, trace };
}

/** Milliseconds by which an update counts as later than a creation of the same moment: less than any clock tells apart. */
const UPDATE_AFTER_MS = 0.000_5;

function placed(
  event: BatchEvent,
  kind: Piece['kind'],
  sourceId: string,
  traceId: string | null,
  times: readonly string[],
): Omit<Piece, 'fields' | 'trace'> {
  const known = times.flatMap((field) => event.body.instant(field) ?? []);
  const moments = known.length === 0 ? [event.atMs] : known;
  return {
    ...{ kind, sourceId, traceId, key: createHash('sha256').update(event.text).digest('base64url') },
    atMs: event.type.endsWith('-update') ? event.atMs + UPDATE_AFTER_MS : event.atMs,
    firstMs: Math.min(...moments),
    lastMs: Math.max(...moments),
  };
}

function promptOf(body: JsonFields): PieceFields['prompt'] {
  const name = body.text('promptName');
  return name === undefined ? undefined : { name, version: body.number('promptVersion') ?? null };
}

/** The fields that were given. */
function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Reads the envelope of an event. Throws `InvalidField`. */
export function readEvent(value: Json): BatchEvent {
  const envelope = new JsonFields(value, 'event');
  const id = envelope.required('id');
  const type = envelope.required('type');
  return {
    ...{ id, type, atMs: envelope.requiredInstant('timestamp'), text: JSON.stringify(value) },
    body: new JsonFields(envelope.json('body') ?? {}, 'body'),
  };
}
