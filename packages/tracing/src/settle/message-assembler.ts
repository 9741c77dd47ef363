import { isObject, ownValue, read } from '../base/inert.js';
import { snapshotJson } from '../base/snapshot.js';
import type { Room } from './room.js';

/** What an answer tells about itself. */
export interface Totals {
  /** Token counts as the provider names them. */
  readonly usageDetails?: Readonly<Record<string, unknown>> | undefined;
  readonly model?: string | undefined;
}

interface Draft {
  role: string;
  content: string;
  reasoning: string;
  refusal: string;
  readonly toolCalls: Map<unknown, { id: string | null; name: string; arguments: string }>;
}

type TextField = 'content' | 'reasoning' | 'refusal';

/** Events and parts that carry a piece of text, by their type. */
const TEXT_EVENTS: ReadonlyMap<unknown, TextField> = /* @__PURE__ */ new Map([
  ['response.output_text.delta', 'content'],
  ['content_block_delta', 'content'],
  ['text-delta', 'content'],
  ['reasoning-delta', 'reasoning'],
  ['reasoning', 'reasoning'],
]);

/**
 * Puts a model's streamed answer together to the message that the model would have given unstreamed. It knows the chunks of
 * OpenAI's chat completions, the events of OpenAI's responses and of Anthropic's messages, and the stream parts of the AI SDK.
 */
export class MessageAssembler {
  /** As the stream has told them so far. */
  totals: Totals = {};
  readonly #drafts = new Map<unknown, Draft>();
  #whole: unknown;
  readonly #room: Room;

  /** @param room for the texts of the answer */
  constructor(room: Room) {
    this.#room = room;
  }

  /** Whether anything of an answer has been recognised. */
  get isMessage(): boolean {
    return this.#drafts.size > 0 || this.#whole !== undefined;
  }

  add(chunk: unknown): void {
    const response = read(chunk, 'response');
    this.totals = totalsOf(response ?? read(chunk, 'message') ?? chunk, this.totals);
    for (const choice of listOf(read(chunk, 'choices'))) {
      const delta = read(choice, 'delta');
      if (isObject(delta)) this.#addDelta(this.#draft(read(choice, 'index')), delta);
    }
    const type = read(chunk, 'type');
    const field = TEXT_EVENTS.get(type);
    const output = listOf(read(response, 'output'));
    const delta = read(chunk, 'delta');
    const block = read(chunk, 'content_block');
    const json = read(delta, 'partial_json');
    const isTool = read(block, 'type') === 'tool_use' || typeof json === 'string';
    if (isTool) this.#addToolCall(this.#draft(0), read(chunk, 'index'), read(block, 'id'), read(block, 'name'), json);
    else if (field) this.#append(this.#draft(0), read(delta, 'thinking') ? 'reasoning' : field, textOf(chunk));
    else if (type === 'tool-call') this.#addToolPart(chunk);
    else if (output.length > 0) this.#whole = JSON.parse(snapshotJson(output));
  }

  /** The message; several where the model was asked for several; `undefined` where none was recognised. */
  message(): unknown {
    if (this.#whole !== undefined) return this.#whole;
    const messages = [...this.#drafts.values()].map((draft) => this.#finish(draft));
    return messages.length > 1 ? messages : messages[0];
  }

  #addDelta(draft: Draft, delta: object): void {
    const role = read(delta, 'role');
    if (typeof role === 'string') draft.role = role;
    this.#append(draft, 'content', read(delta, 'content'));
    this.#append(draft, 'reasoning', read(delta, 'reasoning_content'));
    this.#append(draft, 'refusal', read(delta, 'refusal'));
    for (const call of listOf(read(delta, 'tool_calls'))) {
      const called = read(call, 'function');
      const json = read(called, 'arguments');
      this.#addToolCall(draft, read(call, 'index'), read(call, 'id'), read(called, 'name'), json);
    }
  }

  #addToolPart(part: unknown): void {
    const id = read(part, 'toolCallId');
    const input = read(part, 'input') ?? read(part, 'args');
    const json = typeof input === 'string' ? input : snapshotJson(input);
    this.#addToolCall(this.#draft(0), id, id, read(part, 'toolName'), json);
  }

  #addToolCall(draft: Draft, key: unknown, id: unknown, name: unknown, json: unknown): void {
    const call = draft.toolCalls.get(key) ?? { id: typeof id === 'string' ? id : null, name: '', arguments: '' };
    draft.toolCalls.set(key, call);
    call.name += this.#keep(name);
    call.arguments += this.#keep(json);
  }

  #append(draft: Draft, field: TextField, text: unknown): void {
    draft[field] += this.#keep(text);
  }

  /** What of a text there is room for; nothing of what is no text. */
  #keep(text: unknown): string {
    return typeof text === 'string' ? this.#room.take(text) : '';
  }

  #draft(index: unknown): Draft {
    const draft = this.#drafts.get(index) ?? {
      role: 'assistant',
      content: '',
      reasoning: '',
      refusal: '',
      toolCalls: new Map(),
    };
    this.#drafts.set(index, draft);
    return draft;
  }

  #finish({ role, content, reasoning, refusal, toolCalls }: Draft): object {
    const calls = [...toolCalls.values()].map(({ id, ...called }) => ({ id, type: 'function', function: called }));
    const { lost } = this.#room;
    const text = lost > 0 ? `${content}[truncated: ${lost} characters]` : content;
    return {
      role,
      content: text === '' && calls.length > 0 ? null : text,
      ...(reasoning && { reasoning }),
      ...(refusal && { refusal }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  }
}

/** By which names an answer tells its usage: the AI SDK's of all steps, Gemini's, LangChain's, everybody's. */
const USAGES = ['totalUsage', 'usageMetadata', 'usage_metadata', 'usage'];

/** @param before what was told before, and stands where nothing else is told */
export function totalsOf(answer: unknown, { usageDetails, model }: Totals = {}): Totals {
  const usage = USAGES.map((name) => read(answer, name)).find(isObject);
  const told = usage && Object.keys(usage).map((key) => [key, ownValue(usage, key)] as const);
  const name = read(answer, 'model');
  return {
    // An answer tells its counts bit by bit (Anthropic): a later one replaces the same of before.
    usageDetails: told
      ? { ...usageDetails, ...Object.fromEntries(told.filter(([, value]) => value != null)) }
      : usageDetails,
    model: typeof name === 'string' ? name : model,
  };
}

/** The text of an event or part, under whichever of its names. */
function textOf(part: unknown): unknown {
  const delta = read(part, 'delta');
  return [delta, read(delta, 'text'), read(delta, 'thinking'), read(part, 'textDelta'), read(part, 'text')].find(
    (t) => typeof t === 'string',
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
