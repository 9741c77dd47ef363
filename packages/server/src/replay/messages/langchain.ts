import type { Json, Message, MessageRole } from '@powerrag/protocol';
import { chatOf, contentOf } from './chat.js';
import { contentParts } from './parts/index.js';
import type { MessageReader } from './reader.js';
import { roleOf } from './roles.js';
import { isObject, type JsonObject, text } from './values.js';

/**
 * A message of LangChain, in all forms in which it writes one: `{ type: 'human', content }` (what Pydantic dumps),
 * `{ type: 'human', data: { content } }` (`message_to_dict`) and `{ lc, type: 'constructor', id: […, 'HumanMessage'], kwargs:
 * { content } }` (`dumpd`; JavaScript's `toJSON`). Chunks of a stream are messages too. A type such as `system` is a name
 * that other data has as well: it needs a key beside it that only a message has.
 */
export const langChainMessage: MessageReader = (item) => {
  const { type, kwargs, data } = item;
  const held = isObject(kwargs) ? kwargs : isObject(data) ? data : item;
  const isTold = OWN_KEYS.some((key) => held[key] !== undefined) || OWN_TYPES.test(text(type) ?? '');
  return isTold || isObject(kwargs) ? langChainLike(item) : undefined;
};

const OWN_TYPES = /^(?:human|ai|\w+Message(?:Chunk)?)$/;
const OWN_KEYS = ['additional_kwargs', 'tool_call_id'];

/** The same of any type that names a role: for what stands among messages. */
export const langChainLike: MessageReader = (item) => {
  const { type, data, kwargs, id } = item;
  if (isObject(kwargs) && Array.isArray(id)) return messageOf(className(id), kwargs);
  return isObject(data) ? messageOf(type, data) : messageOf(type, item);
};

/**
 * A message of LangChain as Langfuse's callbacks write it, with `additional_kwargs` left in it, whose role is nobody's: the
 * name of the tool that it is a result of.
 */
export const langfuseToolMessage: MessageReader = (item) => {
  const { role, content, additional_kwargs: more } = item;
  if (typeof role !== 'string' || role === '' || !isObject(more) || content === undefined) return undefined;
  return [{ role: 'other', name: role, parts: contentParts(content) }];
};

function className(path: readonly Json[]): Json | undefined {
  const name = text(path.at(-1));
  return name?.includes('Message') ? name : undefined;
}

function messageOf(type: Json | undefined, held: JsonObject): Message[] | undefined {
  const role = roleOfType(type, held);
  const content = contentOf(held);
  if (role === undefined || content === undefined) return undefined;
  return [chatOf(role, withProviderFields(held), content)];
}

/** `HumanMessageChunk`, `human` and the role that a message of any other kind names itself. */
function roleOfType(type: Json | undefined, held: JsonObject): MessageRole | undefined {
  const name = text(type)?.replace(/Message(?:Chunk)?$/, '');
  return name?.toLowerCase() === 'chat' ? roleOf(held.role) : roleOf(name);
}

/** What a provider sent beside the fields of LangChain; its calls only where LangChain has none. */
function withProviderFields(held: JsonObject): JsonObject {
  const { additional_kwargs: more, tool_calls: calls } = held;
  if (!isObject(more)) return held;
  const found = Array.isArray(calls) && calls.length > 0;
  return {
    ...held,
    ...(found || more.tool_calls === undefined ? {} : { tool_calls: more.tool_calls }),
    ...(found || more.function_call === undefined ? {} : { function_call: more.function_call }),
    ...(more.reasoning_content === undefined ? {} : { reasoning_content: more.reasoning_content }),
  };
}
