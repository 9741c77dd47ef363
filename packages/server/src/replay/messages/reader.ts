import type { Message, MessagePart } from '@powerrag/protocol';
import type { JsonObject } from './values.js';

/** A part of a message in one convention's form; undefined where it has another form. Pure. */
export type PartReader = (part: JsonObject) => MessagePart | undefined;

/**
 * The messages that an item of a conversation is in one convention's form; undefined where it has another form. None where
 * the item is of this form and says nothing. Pure. It recognises only what no other data looks like: one item that is
 * recognised makes the whole list a conversation.
 */
export type MessageReader = (item: JsonObject) => readonly Message[] | undefined;

/** Whether a body went in or came out: whose words are those that name nobody. */
export type Side = 'input' | 'output';
