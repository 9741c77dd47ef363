import { file, image, namedFile } from '../media.js';
import type { PartReader } from '../reader.js';
import { isObject, text } from '../values.js';

/** What OpenAI's chat and Responses have beside text: refusals, images, sound and files. */
export const openAiPart: PartReader = (part) => {
  switch (part.type) {
    case 'refusal':
      return typeof part.refusal === 'string' ? { type: 'text', text: part.refusal } : undefined;
    case 'image_url':
    case 'input_image':
      return image(isObject(part.image_url) ? text(part.image_url.url) : text(part.image_url ?? part.file_id));
    case 'input_audio': {
      const audio = isObject(part.input_audio) ? part.input_audio : part;
      return typeof audio.data === 'string' ? file(audio.data, `audio/${text(audio.format) ?? '*'}`) : undefined;
    }
    case 'file':
    case 'input_file': {
      const held = isObject(part.file) ? part.file : part;
      const data = text(held.file_data) ?? text(held.file_url);
      const name = text(held.filename) ?? text(held.file_id);
      return data === null && name === null ? undefined : namedFile(data, name, null);
    }
    default:
      return undefined;
  }
};
