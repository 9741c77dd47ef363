import { isObject, read } from '../base/inert.js';
import type { Room } from './room.js';

export type TextField = 'content' | 'reasoning' | 'refusal' | 'transcript';

interface ToolCall {
  id: string | null;
  name: string;
  arguments: string;
}

/** An assistant message assembled from pieces, in the form of OpenAI's chat completions. */
export class Draft {
  #role = 'assistant';
  readonly #texts: Record<TextField, string> = { content: '', reasoning: '', refusal: '', transcript: '' };
  readonly #calls = new Map<unknown, ToolCall>();
  readonly #annotations: unknown[] = [];
  #functionCall: ToolCall | undefined;
  #audioId: unknown;
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  /** The `delta` of a chunk of chat completions, including the names that other providers and gateways use for reasoning. */
  addDelta(delta: object): void {
    const role = read(delta, 'role');
    if (typeof role === 'string' && role !== '') this.#role = role;
    this.addContent(read(delta, 'content'));
    // Some providers send the same reasoning under two names.
    const thought = REASONING.map((name) => read(delta, name)).find((text) => typeof text === 'string' && text !== '');
    if (thought !== undefined) this.append('reasoning', thought);
    else for (const detail of listOf(read(delta, 'reasoning_details'))) this.append('reasoning', thoughtOf(detail));
    this.append('refusal', read(delta, 'refusal'));
    const audio = read(delta, 'audio');
    this.append('transcript', read(audio, 'transcript'));
    this.#audioId ??= read(audio, 'id');
    for (const each of listOf(read(delta, 'annotations'))) this.annotate(each);
    for (const call of listOf(read(delta, 'tool_calls'))) {
      const called = read(call, 'function') ?? read(call, 'custom');
      const json = read(called, 'arguments') ?? read(called, 'input');
      this.addCall(read(call, 'index'), read(call, 'id'), read(called, 'name'), json);
    }
    const old = read(delta, 'function_call');
    if (isObject(old))
      this.#functionCall = this.#extend(this.#functionCall, null, read(old, 'name'), read(old, 'arguments'));
  }

  /** A text, or typed parts (Mistral, LangChain). */
  addContent(content: unknown): void {
    this.append('content', content);
    for (const part of listOf(content)) {
      const thoughts = read(part, 'thinking');
      this.append('reasoning', thoughts ?? read(part, 'reasoning'));
      for (const thought of listOf(thoughts)) this.append('reasoning', read(thought, 'text'));
      this.append('content', read(part, 'text'));
    }
  }

  /** @param text ignored unless it is a string */
  append(field: TextField, text: unknown): void {
    this.#texts[field] += this.#room.keep(text);
  }

  /** A citation or a source, if it fits. */
  annotate(annotation: unknown): void {
    const copy = this.#room.copy(annotation);
    if (copy !== undefined) this.#annotations.push(copy);
  }

  /**
   * A piece of a tool call.
   * @param index which call of the message it is. Some providers leave it out or send the same one for all; then the id decides
   * @param json the next piece of the arguments
   */
  addCall(index: unknown, id: unknown, name: unknown, json: unknown): void {
    const last = [...this.#calls.keys()].at(-1);
    let key = index ?? (id || last);
    const before = this.#calls.get(key)?.id;
    if (before && typeof id === 'string' && id !== '' && before !== id) key = id;
    // Later pieces of such a call have the same index again.
    else if (before && !id && index !== undefined && this.#calls.has(last) && typeof last === 'string') key = last;
    this.#calls.set(key, this.#extend(this.#calls.get(key), id, name, json));
  }

  finish(): object {
    const { content, reasoning, refusal, transcript } = this.#texts;
    const calls = [...this.#calls.values()].map(({ id, ...called }) => ({ id, type: 'function', function: called }));
    const { lost } = this.#room;
    const text = lost > 0 ? `${content}[truncated: ${lost} characters]` : content;
    const isElsewhere = calls.length > 0 || this.#functionCall !== undefined || transcript !== '';
    const { id: _none, ...functionCall } = this.#functionCall ?? { id: null };
    return {
      role: this.#role,
      content: text === '' && isElsewhere ? null : text,
      ...(reasoning && { reasoning }),
      ...(refusal && { refusal }),
      ...(transcript && { audio: { ...(typeof this.#audioId === 'string' && { id: this.#audioId }), transcript } }),
      ...(this.#annotations.length > 0 && { annotations: this.#annotations }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(this.#functionCall && { function_call: functionCall }),
    };
  }

  #extend(call: ToolCall | undefined, id: unknown, name: unknown, json: unknown): ToolCall {
    return {
      id: call?.id ?? (typeof id === 'string' && id !== '' ? id : null),
      // Some providers repeat the name in each piece.
      name: call?.name || this.#room.keep(name),
      arguments: (call?.arguments ?? '') + this.#room.keep(json),
    };
  }
}

/** The names of reasoning in a delta: DeepSeek and vLLM, OpenRouter and Groq, Ollama. */
const REASONING = ['reasoning_content', 'reasoning', 'thinking'];

function thoughtOf(detail: unknown): unknown {
  return read(detail, 'text') ?? read(detail, 'summary');
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
