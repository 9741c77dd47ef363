import type { Json } from '@powerrag/protocol';
import { boundObservation } from '../ingest/bound-observation.js';
import type { Observation } from '../observation/observation.js';
import type { Cuts } from '../otlp/collector.js';
import type { IngestLimits } from '../otlp/limits.js';
import { cutText, keptId, storableText } from '../otlp/text.js';
import type { Piece, PieceFields } from '../pieces/piece.js';

/** A piece within the limits of an observation. What is cut or left out is marked in it, and noted for the sender. */
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

/** JSON with texts as the store can hold them, none longer than the limit. */
export function boundJson(value: Json, limits: IngestLimits, cuts: Cuts): Json {
  if (typeof value === 'string') {
    if (value.length <= limits.textLength) return storableText(value);
    cuts.cut('texts', 1, `the first ${limits.textLength} characters are kept; send shorter ones`);
    return cutText(value, limits.textLength);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => boundJson(item, limits, cuts));
  // `fromEntries` defines own properties, so that a key `__proto__` is only a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, boundJson(item, limits, cuts)]));
}

const BLANK: Observation = {
  traceId: '',
  id: '',
  parentId: null,
  type: 'span',
  name: '',
  startMs: 0,
  endMs: null,
  firstTokenMs: null,
  level: 'DEFAULT',
  statusMessage: null,
  service: null,
  scope: null,
  environment: null,
  version: null,
  model: null,
  provider: null,
  modelParameters: {},
  usage: {},
  cost: {},
  prompt: null,
  body: { input: null, output: null, metadata: {}, events: [] },
  trace: {},
};
