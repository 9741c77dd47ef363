import { file } from '../media.js';
import type { PartReader } from '../reader.js';
import { parsed, text } from '../values.js';

/** Items of Semantic Kernel's messages: `content_type` in Python, `$type` and names with a capital in .NET. */
export const semanticKernelPart: PartReader = (part) => {
  switch (part.content_type ?? part.$type) {
    case 'text':
    case 'TextContent': {
      const words = part.text ?? part.Text;
      return typeof words === 'string' ? { type: 'text', text: words } : undefined;
    }
    case 'function_call':
    case 'FunctionCallContent':
      return {
        type: 'tool_call',
        id: text(part.id ?? part.Id),
        name: text(part.name ?? part.FunctionName) ?? '',
        arguments: parsed(part.arguments ?? part.Arguments),
      };
    case 'function_result':
    case 'FunctionResultContent':
      return {
        type: 'tool_result',
        id: text(part.id ?? part.CallId),
        name: text(part.name ?? part.FunctionName),
        result: part.result ?? part.Result ?? null,
      };
    case 'image':
    case 'ImageContent': {
      const data = text(part.data_uri ?? part.DataUri) ?? text(part.uri ?? part.Uri);
      return data === null ? undefined : file(data, text(part.mime_type ?? part.MimeType) ?? 'image/*');
    }
    default:
      return undefined;
  }
};
