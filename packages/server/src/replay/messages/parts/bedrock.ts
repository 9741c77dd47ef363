import { namedFile } from '../media.js';
import type { PartReader } from '../reader.js';
import { toolResult } from '../tool-results.js';
import { isObject, type JsonObject, text } from '../values.js';

/** Blocks of Bedrock's Converse, which Strands keeps: an object with one key that says what it holds. */
export const bedrockPart: PartReader = (part) => {
  const { toolUse, toolResult: result, reasoningContent, image, document, video } = part;
  if (isObject(toolUse))
    return {
      type: 'tool_call',
      id: text(toolUse.toolUseId),
      name: text(toolUse.name) ?? '',
      arguments: toolUse.input ?? null,
    };
  if (isObject(result))
    return { type: 'tool_result', id: text(result.toolUseId), name: null, result: toolResult(result.content) };
  if (isObject(reasoningContent)) {
    const { reasoningText } = reasoningContent;
    return { type: 'reasoning', text: (isObject(reasoningText) ? text(reasoningText.text) : null) ?? '' };
  }
  if (isObject(image) && isObject(image.source)) return held(image, `image/${text(image.format) ?? '*'}`);
  if (isObject(video) && isObject(video.source)) return held(video, `video/${text(video.format) ?? '*'}`);
  return isObject(document) && isObject(document.source) ? held(document, null) : undefined;
};

function held({ name, source }: JsonObject, mimeType: string | null) {
  const bytes = isObject(source) ? source.bytes : undefined;
  const location = isObject(source) && isObject(source.s3Location) ? text(source.s3Location.uri) : null;
  return namedFile(text(bytes) ?? location, text(name), mimeType);
}
