import type { Json } from '@powerrag/protocol';
import { readScore } from '../annotations/read-annotation.js';
import type { Log } from '../base/log.js';
import { inflate, type SentBody } from '../ingest/body.js';
import { boundJson } from '../ingest/bound-json.js';
import { InvalidField, isList, isObject } from '../ingest/json-fields.js';
import { MemoryBudget } from '../ingest/memory-budget.js';
import { toRefusal } from '../ingest/otlp-endpoint.js';
import { slicesOf } from '../ingest/slices.js';
import { type Touched, touchedBy } from '../ingest/touched.js';
import { Turns } from '../ingest/turns.js';
import { Rejections } from '../otlp/collector.js';
import { checkJsonShape } from '../otlp/json-shape.js';
import type { IngestLimits } from '../otlp/limits.js';
import { Refusal } from '../otlp/refusal.js';
import type { Piece } from '../pieces/piece.js';
import type { Annotation, Annotations } from '../store/annotations.js';
import type { Complete, PieceWriter } from '../store/pieces.js';
import { boundPiece } from './bound-piece.js';
import { readEvent, toPiece } from './to-piece.js';

/** What the answer says of each event of a batch, in the order of the batch. */
export interface BatchAnswer {
  readonly successes: { readonly id: string; readonly status: 201 }[];
  readonly errors: { readonly id: string; readonly status: 400; readonly message: string; readonly error: string }[];
  /** What was cut of events that were taken. Langfuse has no such field; its SDKs read past it. */
  message?: string;
}

interface TakenBatch {
  readonly answer: BatchAnswer;
  readonly touched: readonly Touched[];
}

/** Reads a batch and stores its events; resolves and rejects as `TakeTraces` does. */
export type TakeLangfuseBatch = (projectId: string, body: SentBody) => Promise<TakenBatch>;

export interface TakeLangfuseBatchDeps {
  readonly pieces: PieceWriter;
  readonly annotations: Pick<Annotations, 'writeAnnotations'>;
  readonly limits: IngestLimits;
  readonly log: Log;
  /** Estimates the cost of a model call that came without one. Default: no estimates. */
  readonly withCost?: Complete;
}

/** What an SDK says of itself; there is nothing in it to show. */
const IGNORED_TYPES: ReadonlySet<string> = new Set(['sdk-log']);

/** Takes batches in this thread. */
export function langfuseBatchTaker(deps: TakeLangfuseBatchDeps): TakeLangfuseBatch {
  const { pieces, annotations, limits, log, withCost } = deps;
  const budget = new MemoryBudget(limits.bytesInWork);

  async function take(projectId: string, bytes: Uint8Array): Promise<TakenBatch> {
    const { batch, scope } = readBatch(bytes, limits);
    const cuts = new Rejections('event');
    const answer: BatchAnswer = { successes: [], errors: [] };
    const taken: Piece[] = [];
    const scores: Annotation[] = [];
    const turns = new Turns();
    for (const value of batch) {
      await turns.between();
      const read = readOne(boundJson(value, limits, cuts), scope);
      if (read instanceof InvalidField) {
        answer.errors.push({ id: idOf(value), status: 400, message: 'Invalid request data', error: read.message });
        continue;
      }
      if (read.piece !== null) taken.push(boundPiece(read.piece, limits, cuts));
      if (read.score !== null) scores.push(read.score);
      answer.successes.push({ id: read.id, status: 201 });
    }
    for (const slice of slicesOf(scores)) await annotations.writeAnnotations(projectId, slice);
    for (const slice of slicesOf(taken)) await pieces.writePieces(projectId, slice, withCost);
    return { answer: cuts.message === '' ? answer : { ...answer, message: cuts.message }, touched: tracesOf(taken) };
  }

  return async (projectId, body) => {
    const share = budget.open();
    try {
      return await take(projectId, await inflate(body, limits, share));
    } catch (error) {
      throw toRefusal(error, log);
    } finally {
      share.release();
    }
  };
}

function readBatch(body: Uint8Array, limits: IngestLimits): { batch: readonly Json[]; scope: string | null } {
  checkJsonShape(body, limits);
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const batch = isObject(value) ? value.batch : undefined;
  if (!isObject(value) || !isList(batch)) throw new Refusal(400, 'batch is missing; send { "batch": [ … ] }.');
  if (batch.length > limits.spans) {
    throw new Refusal(413, `More than ${limits.spans} events in one request; send smaller batches.`);
  }
  const name = isObject(value.metadata) ? value.metadata.sdk_name : undefined;
  return { batch, scope: typeof name === 'string' && name !== '' ? `langfuse-sdk ${name}` : null };
}

interface ReadEvent {
  readonly id: string;
  readonly piece: Piece | null;
  readonly score: Annotation | null;
}

/** What an event holds; or what is wrong with it. */
function readOne(value: Json, scope: string | null): ReadEvent | InvalidField {
  try {
    const event = readEvent(value);
    const { id, type, atMs, body } = event;
    if (type === 'score-create') return { id, piece: null, score: readScore(body, { id, timeMs: atMs }) };
    const piece = toPiece(event, scope);
    if (piece === null && !IGNORED_TYPES.has(type)) return new InvalidField(unknownType(type));
    return { id, piece, score: null };
  } catch (error) {
    if (error instanceof InvalidField) return error;
    throw error;
  }
}

function unknownType(type: string): string {
  return `type ${JSON.stringify(type.slice(0, 100))} is not known; send trace-create, span-create, generation-create or event-create, or an update.`;
}

function idOf(value: Json): string {
  return isObject(value) && typeof value.id === 'string' ? value.id : '';
}

/** Traces of pieces; one that names no trace belongs to traces that are not known here. */
function tracesOf(pieces: readonly Piece[]): Touched[] {
  return touchedBy(pieces.flatMap(({ traceId, trace }) => (traceId === null ? [] : [{ traceId, trace }])));
}
