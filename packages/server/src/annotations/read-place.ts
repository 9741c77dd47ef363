import type { TextQuote } from '@powerrag/protocol';
import { InvalidField, JsonFields } from '../ingest/json-fields.js';
import type { Annotation } from '../store/annotations.js';

/** Characters of a passage, and of what is kept of the text on either side of it. */
const MAX_PASSAGE = 10_000;
const MAX_AROUND = 200;

/**
 * Where on its trace or observation an annotation is: the fields `turn` and `passage`, which Langfuse's API does not have.
 * Throws `InvalidField`.
 */
export function readPlace(
  body: JsonFields,
  { traceId, observationId }: Pick<Annotation, 'traceId' | 'observationId'>,
): Pick<Annotation, 'turn' | 'passage'> {
  const turn = body.number('turn');
  if (turn !== undefined) {
    if (!Number.isSafeInteger(turn) || turn < 1) {
      throw new InvalidField('body.turn must be the number of a turn in its trace: 1 for the first.');
    }
    if (traceId === null)
      throw new InvalidField('body.turn needs a trace; send the id of the trace that holds the turn.');
  }
  const passage = readPassage(body);
  if (passage !== null && traceId === null && observationId === null) {
    throw new InvalidField('body.passage needs a trace or an observation; send the id of the one that said it.');
  }
  return { ...(turn !== undefined && { turn }), ...(passage !== null && { passage }) };
}

function readPassage(body: JsonFields): TextQuote | null {
  const given = body.object('passage');
  if (given === undefined) return null;
  const fields = new JsonFields(given, 'body.passage');
  const exact = fields.required('exact');
  if (exact.length > MAX_PASSAGE) {
    throw new InvalidField(
      `body.passage.exact must have at most ${MAX_PASSAGE.toLocaleString('en-US')} characters; mark a shorter passage.`,
    );
  }
  return {
    exact,
    prefix: (fields.text('prefix') ?? '').slice(-MAX_AROUND),
    suffix: (fields.text('suffix') ?? '').slice(0, MAX_AROUND),
  };
}
