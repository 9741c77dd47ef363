import type { Json } from '@powerrag/protocol';
import * as v from 'valibot';
import { byName, json } from '../routes/schema.js';
import type { Annotation } from '../store/annotations.js';
import { type Media, mediaIdOf } from '../store/media.js';

/*
 * What an export has beside OTLP, each on a line of its own: `{ "powerrag": { "annotations": […] } }` and
 * `{ "powerrag": { "media": { … } } }`. A reader of OTLP sees an object without spans.
 */

const textOrNull = v.nullable(v.string());

/** An `Annotation`, with every field: an export is made by a server and has them all. */
const annotation = v.object({
  kind: v.picklist(['score', 'comment']),
  id: v.pipe(v.string(), v.nonEmpty()),
  sessionId: textOrNull,
  traceId: textOrNull,
  observationId: textOrNull,
  source: v.object({ traceId: textOrNull, observationId: textOrNull }),
  timeMs: v.pipe(v.number(), v.finite()),
  name: v.string(),
  dataType: v.nullable(v.picklist(['NUMERIC', 'BOOLEAN', 'CATEGORICAL'])),
  value: v.nullable(v.pipe(v.number(), v.finite())),
  stringValue: textOrNull,
  text: textOrNull,
  origin: v.picklist(['API', 'EVAL', 'ANNOTATION']),
  environment: textOrNull,
  authorUserId: textOrNull,
  metadata: byName(json),
}) satisfies v.GenericSchema<Annotation>;

const media = v.object({
  id: v.string(),
  contentType: v.string(),
  base64: v.pipe(v.string(), v.base64('must be base64')),
});

const extras = v.strictObject({
  powerrag: v.strictObject({
    annotations: v.exactOptional(v.array(annotation)),
    media: v.exactOptional(media),
  }),
});

export interface Extras {
  readonly annotations: readonly Annotation[];
  readonly media: readonly Media[];
}

export function annotationsLine(annotations: readonly Annotation[]): string {
  return JSON.stringify({ powerrag: { annotations } });
}

export function mediaLine({ id, contentType, bytes }: Media): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return JSON.stringify({ powerrag: { media: { id, contentType, base64 } } });
}

/** What a line of an export holds beside OTLP; a text says what is wrong with it. */
export function readExtras(line: Json): Extras | string {
  const result = v.safeParse(extras, line, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    return `${v.getDotPath(issue) ?? 'the line'} is not as an export has it (${issue.message}).`;
  }
  const { annotations = [], media: one } = result.output.powerrag;
  if (one === undefined) return { annotations, media: [] };
  const bytes = Buffer.from(one.base64, 'base64');
  // What refers to it would show something else.
  if (mediaIdOf(bytes) !== one.id)
    return `powerrag.media.base64 is not the file ${one.id}: the line was changed or cut.`;
  return { annotations, media: [{ id: one.id, contentType: one.contentType, bytes }] };
}
