import { file, namedFile } from '../media.js';
import type { PartReader } from '../reader.js';
import { text } from '../values.js';

/**
 * What a user's prompt holds beside text in pydantic-ai, as in `image-url` and `binary`: `kind` says what in its own messages,
 * `type` in those that versions 2 and 3 of its telemetry write.
 */
export const pydanticAiPart: PartReader = (part) => {
  const kind = part.kind ?? part.type;
  const mimeType = text(part.media_type);
  if (part.kind === 'text') return typeof part.text === 'string' ? { type: 'text', text: part.text } : undefined;
  if (kind === 'binary') {
    const held = text(part.binary_content) ?? text(part.content) ?? text(part.data);
    return held === null ? namedFile(null, null, mimeType) : file(held, mimeType);
  }
  const medium = typeof kind === 'string' ? /^(image|audio|video|document)-url$/.exec(kind)?.[1] : undefined;
  if (medium === undefined) return undefined;
  const type = mimeType ?? (medium === 'document' ? null : `${medium}/*`);
  return typeof part.url === 'string' ? file(part.url, type) : namedFile(null, null, type);
};
