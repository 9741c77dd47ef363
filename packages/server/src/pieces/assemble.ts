import type { Json } from '@powerrag/protocol';
import { toObservationId, toRootId } from '../observation/foreign-id.js';
import { statedCost } from '../observation/model-call.js';
import { type Observation, UNSAID } from '../observation/observation.js';
import type { Piece, PieceExtent, PieceFields } from './piece.js';

/** Metadata keys that keep a client's own ids where ours differ. */
export const SOURCE_ID_KEYS = { trace: 'langfuse.trace.id', observation: 'langfuse.observation.id' } as const;

/** An observation assembled from all its known pieces. Their order does not matter: the same pieces make the same observation. */
export function assemble(traceId: string, sourceId: string, pieces: readonly Piece[]): Observation {
  const { fields, metadata } = merge(pieces);
  const id = toObservationId(sourceId);
  const type = fields.type ?? 'span';
  const startMs = fields.startMs ?? Math.min(...pieces.map(({ firstMs }) => firstMs));
  if (id !== sourceId) metadata.set(SOURCE_ID_KEYS.observation, sourceId);
  return observation(
    traceId,
    id,
    pieces,
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
  pieces: readonly Piece[],
  { firstMs, lastMs }: PieceExtent,
  pieceCount: number,
): Observation {
  const { fields, metadata } = merge(pieces);
  const said = { name: 'trace', ...fields, type: 'span' as const, startMs: firstMs, endMs: lastMs };
  return { ...observation(traceId, toRootId(traceId), pieces, said, metadata), parentId: null, pieceCount };
}

function observation(
  traceId: string,
  id: string,
  pieces: readonly Piece[],
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
    // Most updates have no trace attributes.
    statements: pieces
      .filter(({ trace }) => Object.keys(trace).length > 0)
      .map(({ atMs, key, trace }) => ({ atMs, by: key, trace })),
    pieceCount: pieces.length,
  };
}

/** Metadata keys of an observation, over all its pieces. If there are more, the first in sort order are kept. */
const MAX_METADATA_KEYS = 1_000;

/** The latest value of each field and of each metadata key. A type other than `span` is not changed back to `span`. */
function merge(pieces: readonly Piece[]): { fields: PieceFields; metadata: Map<string, Json> } {
  const fields: { -readonly [F in keyof PieceFields]: PieceFields[F] } = {};
  const metadata = new Map<string, Json>();
  for (const piece of [...pieces].sort(byTime)) {
    const type = piece.fields.type === 'span' ? (fields.type ?? 'span') : (piece.fields.type ?? fields.type);
    Object.assign(fields, piece.fields, type === undefined ? {} : { type });
    for (const [key, value] of Object.entries(piece.fields.metadata ?? {})) metadata.set(key, value);
  }
  const keys = [...metadata.keys()].sort();
  for (const key of keys.slice(MAX_METADATA_KEYS)) metadata.delete(key);
  return { fields, metadata: new Map(keys.flatMap((key) => entryOf(metadata, key))) };
}

function entryOf(metadata: ReadonlyMap<string, Json>, key: string): [string, Json][] {
  const value = metadata.get(key);
  return value === undefined ? [] : [[key, value]];
}

function byTime(a: Piece, b: Piece): number {
  return a.atMs - b.atMs || (a.key < b.key ? -1 : 1);
}
