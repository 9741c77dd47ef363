import { boundObservation } from '../ingest/bound-observation.js';
import { type Observation, UNSAID } from '../observation/observation.js';
import type { Cuts } from '../otlp/collector.js';
import type { IngestLimits } from '../otlp/limits.js';
import { keptId } from '../otlp/text.js';
import type { Piece, PieceFields } from '../pieces/piece.js';

/** A piece within the limits of an observation. What is cut or left out is marked in it, and noted for the client. */
export function boundPiece(piece: Piece, limits: IngestLimits, cuts: Cuts): Piece {
  const { input = null, output = null, metadata = {}, ...fields } = piece.fields;
  const whole: Observation = {
    ...BLANK,
    ...fields,
    body: { input, output, metadata, events: [] },
    trace: piece.trace,
  };
  const { body, trace, ...own } = boundObservation(whole, limits, cuts);
  const bounded = { ...own, ...body };
  const mentioned = Object.entries(bounded).filter(([field]) => Object.hasOwn(piece.fields, field));
  const given: PieceFields = Object.fromEntries(mentioned);
  return { ...piece, sourceId: keptId(piece.sourceId), fields: given, trace };
}

/** What a piece may leave out and an observation has. */
const BLANK = { ...UNSAID, traceId: '', id: '', type: 'span', name: '', startMs: 0 } as const;
