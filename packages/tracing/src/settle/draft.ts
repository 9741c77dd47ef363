import { isObject, read } from '../base/inert.js';
import { snapshotJson } from '../base/snapshot.js';
import type { Room } from './room.js';

export type TextField = 'text' | 'reasoning' | 'refusal' | 'transcript';

interface ToolCall {
  id: string | null;
  name: string;
  arguments: string;
}

/** The names of reasoning in a delta: DeepSeek and vLLM, OpenRouter and Groq, Ollama; Cohere's of why it calls tools. */
const REASONING = ['reasoning_content', 'reasoning', 'thinking', 'toolPlan', 'tool_plan'];

/** By which names a piece of a call gives a piece of the arguments: OpenAI's tools, its custom tools and responses, LangChain, Cohere. */
const ARGUMENTS = ['arguments', 'input', 'delta', 'args', 'parameters'];

/** Which of the calls the one in the old form of chat completions is. */
const FUNCTION_CALL = 'function_call';

/** An assistant message assembled from pieces, in the form of OpenAI's chat completions. */
export class Draft {
  #role = 'assistant';
  readonly #texts: Record<TextField, string> = { text: '', reasoning: '', refusal: '', transcript: '' };
  readonly #calls = new Map<unknown, ToolCall>();
  readonly #annotations: unknown[] = [];
  #audioId: string | undefined;
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  /** The `delta` of a chunk of chat completions, including the names that other providers and gateways use for reasoning. */
  addDelta(delta: object): void {
    this.#role = textIn(delta, 'role') || this.#role;
    this.addContent(delta);
    // Some providers send the same reasoning under two names.
    if (!this.append('reasoning', delta, ...REASONING)) {
      for (const detail of listIn(delta, 'reasoning_details')) this.append('reasoning', detail, 'text', 'summary');
    }
    this.append('refusal', delta, 'refusal');
    const audio = read(delta, 'audio');
    this.append('transcript', audio, 'transcript');
    this.#audioId ??= textIn(audio, 'id') || undefined;
    for (const each of listIn(delta, 'annotations')) this.annotate(each);
    // Mistral and Cohere have the second name, Cohere with one call.
    for (const call of listIn(delta, 'tool_calls').concat(listIn(delta, 'toolCalls'))) {
      this.addCall(read(call, 'index'), read(call, 'id'), read(call, 'function') ?? read(call, 'custom'));
    }
    const old = read(delta, FUNCTION_CALL);
    if (old) this.addCall(FUNCTION_CALL, undefined, old);
  }

  /** The `content` of a message: a text, or parts with a type, as Mistral and LangChain give it. */
  addContent(message: unknown): void {
    this.append('text', message, 'content');
    for (const part of listIn(message, 'content')) {
      this.append('reasoning', part, 'thinking', 'reasoning');
      for (const thought of listIn(part, 'thinking')) this.append('reasoning', thought, 'text');
      this.append('text', part, 'text');
    }
  }

  /** Adds the first text found under one of these names and returns it; returns `''` if no name has a text. */
  append(field: TextField, from: unknown, ...names: string[]): string {
    const text = textIn(from, ...names);
    this.#texts[field] += this.#room.take(text);
    return text;
  }

  /** A citation or a source, if it fits. */
  annotate(annotation: unknown): void {
    const copy = this.#room.copy(annotation);
    if (copy !== undefined) this.#annotations.push(copy);
  }

  /**
   * A piece of a call of a tool.
   * @param index which of the calls of the message it is. Some providers leave it out, or give it to all of them; the id tells then
   * @param called has the name, and more of the arguments
   */
  addCall(index: unknown, id: unknown, called: unknown): void {
    const last = [...this.#calls.keys()].filter((each) => each !== FUNCTION_CALL).at(-1);
    let key = index ?? (id || last);
    const before = this.#calls.get(key)?.id;
    if (before && typeof id === 'string' && id !== '' && before !== id) key = id;
    // Later pieces of such a call have the same index again.
    else if (before && !id && index !== undefined && this.#calls.has(last) && typeof last === 'string') key = last;
    const call = this.#calls.get(key);
    // Ollama and the AI SDK have them as an object.
    const part = ARGUMENTS.map((name) => read(called, name)).find(Boolean) ?? '';
    this.#calls.set(key, {
      id: call?.id ?? (typeof id === 'string' && id !== '' ? id : null),
      // Some providers repeat the name in each piece.
      name: call?.name || this.#room.take(textIn(called, 'name')),
      arguments: (call?.arguments ?? '') + this.#room.take(typeof part === 'string' ? part : snapshotJson(part)),
    });
  }

  finish(): object {
    const { text, reasoning, refusal, transcript } = this.#texts;
    const { lost } = this.#room;
    const content = lost > 0 ? `${text}[truncated: ${lost} characters]` : text;
    const isElsewhere = this.#calls.size > 0 || transcript !== '';
    const { id: _none, ...old } = this.#calls.get(FUNCTION_CALL) ?? { id: null };
    const calls = [...this.#calls].flatMap(([key, { id, ...called }]) =>
      key === FUNCTION_CALL ? [] : { id, type: 'function', function: called },
    );
    return {
      role: this.#role,
      content: content === '' && isElsewhere ? null : content,
      ...(reasoning && { reasoning }),
      ...(refusal && { refusal }),
      ...(transcript && { audio: { id: this.#audioId, transcript } }),
      ...(this.#annotations.length > 0 && { annotations: this.#annotations }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...('name' in old && { function_call: old }),
    };
  }
}

/** The first text under one of these names that is not empty, else an empty one. */
export function textIn(from: unknown, ...names: readonly string[]): string {
  for (const name of names) {
    const text = read(from, name);
    if (typeof text === 'string' && text !== '') return text;
  }
  return '';
}

export function listIn(from: unknown, name: string): readonly unknown[] {
  const list = read(from, name);
  return isObject(list) ? [list].flat() : [];
}
