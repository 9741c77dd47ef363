import type { Passage } from '../corpus.js';

/** A message as the chat completions protocol writes it. */
export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  /** `arguments` is JSON text, written by a model: it may be anything. */
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ToolDefinition {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description: string;
    /** A JSON schema. */
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

export interface ModelRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  /** The passages that the messages quote, for a model that works on them directly. */
  readonly passages: readonly Passage[];
  readonly signal?: AbortSignal;
}

/** What a model answers with, piece by piece. */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_calls'; readonly calls: readonly ToolCall[] }
  | { readonly type: 'usage'; readonly usage: Usage };

export interface Usage {
  /** Token counts by name; `input` and `output` at least. */
  readonly usageDetails: Readonly<Record<string, number>>;
  /** US dollars by name. Absent where the price is not known. */
  readonly costDetails?: Readonly<Record<string, number>>;
}

/** The model that writes the answers. */
export interface Model {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Throws when it cannot answer; what was yielded before stays valid. */
  generate(request: ModelRequest): AsyncIterable<ModelEvent>;
}
