import type { Json, Message } from '@powerrag/protocol';
import { autoGenMessage } from './autogen.js';
import { chatMessage } from './chat.js';
import { generationResult } from './generation.js';
import { langChainMessage, langfuseToolMessage } from './langchain.js';
import { pydanticAiMessage } from './pydantic-ai.js';
import type { MessageReader } from './reader.js';
import { responsesItem } from './responses.js';
import { smolagentsMessage } from './smolagents.js';
import { isObject } from './values.js';

/**
 * The forms of a message, in the order in which they are tried: a role first, since nearly every message has one, then those
 * that a type tells apart, the particular before the general.
 */
const READERS: readonly MessageReader[] = [
  chatMessage,
  responsesItem,
  pydanticAiMessage,
  autoGenMessage,
  langChainMessage,
  langfuseToolMessage,
  smolagentsMessage,
  generationResult,
];

/** The messages that an item is in any form we know; undefined where it has another. */
export function knownMessages(item: Json): readonly Message[] | undefined {
  if (!isObject(item)) return undefined;
  for (const read of READERS) {
    const found = read(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
