import type { Json } from '@powerrag/protocol';
import { toObservationId, toRootId } from '../observation/foreign-id.js';
import { statedCost } from '../observation/model-call.js';
import { type Observation, UNSAID } from '../observation/observation.js';
import { responseIdOf } from '../observation/response-id.js';
import type { Fold } from './fold.js';
import type { PieceExtent, PieceFields } from './piece.js';

/** Metadata keys that keep a client's own ids where ours differ. */
export const SOURCE_ID_KEYS = { trace: 'langfuse.trace.id', observation: 'langfuse.observation.id' } as const;

/** An observation assembled from all its known pieces. Their order does not matter: the same pieces make the same observation. */
export function assemble(traceId: string, sourceId: string, fold: Fold): Observation {
  const { fields, metadata } = fold;
  const id = toObservationId(sourceId);
  const type = fields.type ?? 'span';
  const startMs = fields.startMs ?? fold.firstMs;
  if (id !== sourceId) metadata.set(SOURCE_ID_KEYS.observation, sourceId);
  return observation(
    traceId,
    id,
    fold,
    { name: type, parentId: toRootId(traceId), ...fields, type, startMs },
    metadata,
  );
}

/**
 * The observation that represents the trace itself: the parent of all that name none, with the trace's own input and output. It
 * lasts from the earliest to the latest time in any piece of the trace.
 *
 * @param pieceCount how many pieces of the trace the extent covers.
 */
export function assembleRoot(
  traceId: string,
  fold: Fold,
  { firstMs, lastMs }: PieceExtent,
  pieceCount: number,
): Observation {
  const { fields, metadata } = fold;
  const said = { name: 'trace', ...fields, type: 'span' as const, startMs: firstMs, endMs: lastMs };
  return { ...observation(traceId, toRootId(traceId), fold, said, metadata), parentId: null, pieceCount };
}

function observation(
  traceId: string,
  id: string,
  fold: Fold,
  fields: PieceFields & Pick<Observation, 'name' | 'type' | 'startMs'>,
  metadata: ReadonlyMap<string, Json>,
): Observation {
  const { input = null, output = null, metadata: _, ...own } = fields;
  const said = { ...UNSAID, ...own };
  const body = { input, output, metadata: Object.fromEntries(metadata), events: [] };
  return {
    ...said,
    responseId: responseIdOf(body.metadata, output),
    cost: statedCost(said.cost, said.usage),
    traceId,
    id,
    body,
    trace: {},
    statements: fold.statements,
    pieceCount: fold.count,
  };
}
