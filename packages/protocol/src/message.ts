/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Who speaks. `other` is a speaker for whom no role is known: the message has the name that it came under. */
export type MessageRole = 'system' | 'user' | 'assistant' | 'tool' | 'other';

/** A piece of a message, whatever the convention it arrived in. */
export type MessagePart = Part & {
  /**
   * Only the beginning is here: the characters of the whole text, or of the whole value as JSON. A value that is cut is a string,
   * the beginning of its JSON.
   */
  readonly cut?: number;
};

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool_call'; readonly id: string | null; readonly name: string; readonly arguments: Json }
  | { readonly type: 'tool_result'; readonly id: string | null; readonly name: string | null; readonly result: Json }
  | {
      readonly type: 'media';
      readonly kind: 'image' | 'audio' | 'file';
      /** MIME type, when known. */
      readonly mimeType: string | null;
      /** A URL or a name to show as text. Never loaded by the page. */
      readonly reference: string | null;
      /** Size in bytes of inline media, when known. */
      readonly bytes: number | null;
    }
  | { readonly type: 'json'; readonly value: Json };

/** One message of a conversation. */
export interface Message {
  readonly role: MessageRole;
  /** What the sender calls the speaker, where that says more than the role: an agent's name, a role of its own. */
  readonly name?: string;
  readonly parts: readonly MessagePart[];
}
