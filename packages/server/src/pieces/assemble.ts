import type { Json } from '@powerrag/protocol';
import { toObservationId, toRootId } from '../observation/foreign-id.js';
import { statedCost } from '../observation/model-call.js';
import { type Observation, UNSAID } from '../observation/observation.js';
import type { Fold } from './fold.js';
import type { PieceExtent, PieceFields } from './piece.js';

/** Under these a client's own ids are kept in the metadata, where ours differ. */
export const SOURCE_ID_KEYS = { trace: 'langfuse.trace.id', observation: 'langfuse.observation.id' } as const;

/** An observation from all the pieces of it that are known, in any order: the same pieces make the same observation. */
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
 * The observation that stands for the trace itself: above all that name no parent, with the trace's own input and output. It
 * lasts from the first to the last moment that any piece of the trace tells of.
 *
 * @param pieceCount of how many pieces of the trace the extent was taken.
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
  return {
    ...said,
    cost: statedCost(said.cost, said.usage),
    traceId,
    id,
    body: { input, output, metadata: Object.fromEntries(metadata), events: [] },
    trace: {},
    statements: fold.statements,
    pieceCount: fold.count,
  };
}
