import { file } from '../media.js';
import type { PartReader } from '../reader.js';
import { text } from '../values.js';

/** What a user's prompt holds beside text in pydantic-ai: `kind` says what, as in `image-url` and `binary`. */
export const pydanticAiPart: PartReader = ({
  kind,
  url,
  text: words,
  data,
  binary_content: bytes,
  media_type: type,
}) => {
  if (kind === 'text') return typeof words === 'string' ? { type: 'text', text: words } : undefined;
  if (kind === 'binary') {
    const held = text(bytes) ?? text(data);
    return held === null ? undefined : file(held, text(type));
  }
  const medium = typeof kind === 'string' ? /^(image|audio|video|document)-url$/.exec(kind)?.[1] : undefined;
  if (medium === undefined || typeof url !== 'string') return undefined;
  return file(url, text(type) ?? (medium === 'document' ? null : `${medium}/*`));
};
