import { isObject, read } from '../base/inert.js';
import { snapshotJson } from '../base/snapshot.js';
import { AnthropicBlocks } from './anthropic-blocks.js';
import { Draft, listOf, type TextField } from './draft.js';
import type { Room } from './room.js';
import { type Totals, totalsOf } from './totals.js';

/** Events of OpenAI's responses and parts of the AI SDK that carry a piece of text, by type. */
const TEXT_EVENTS: ReadonlyMap<unknown, TextField> = /* @__PURE__ */ new Map([
  ['response.output_text.delta', 'content'],
  ['response.refusal.delta', 'refusal'],
  ['response.reasoning_text.delta', 'reasoning'],
  ['response.reasoning_summary_text.delta', 'reasoning'],
  ['response.audio.transcript.delta', 'transcript'],
  ['response.output_audio_transcript.delta', 'transcript'],
  ['text-delta', 'content'],
  ['reasoning-delta', 'reasoning'],
  ['reasoning', 'reasoning'],
]);

/**
 * Assembles a model's streamed answer into the message that the model would have returned without streaming. It reads the chunks of
 * OpenAI's (chat) completions and of LangChain, the events of OpenAI's responses and of Anthropic's messages, and the stream parts of the
 * AI SDK. It leaves out log probabilities, audio and images.
 */
export class MessageAssembler {
  /** As far as the stream has reported them. */
  totals: Totals = {};
  readonly #drafts = new Map<unknown, Draft>();
  /** Messages and items that came whole, by their position among the drafts. */
  readonly #finished = new Map<unknown, unknown>();
  readonly #blocks: AnthropicBlocks;
  #order: unknown[] = [];
  #step = 0;
  #whole: unknown;
  readonly #room: Room;

  /** @param room for the texts of the answer */
  constructor(room: Room) {
    this.#room = room;
    this.#blocks = new AnthropicBlocks(room);
  }

  /** Whether any piece of an answer was recognised. */
  get isMessage(): boolean {
    return this.#order.length > 0 || !this.#blocks.isEmpty || this.#whole !== undefined;
  }

  add(chunk: unknown): void {
    const response = read(chunk, 'response');
    this.totals = totalsOf(response ?? read(chunk, 'message') ?? chunk, this.totals);
    const type = read(chunk, 'type');
    const output = listOf(read(response, 'output'));
    if (typeof type === 'string' && type.startsWith('content_block_')) this.#blocks.add(chunk);
    else if (output.length > 0) this.#whole = JSON.parse(snapshotJson(output));
    else if (TEXT_EVENTS.has(type)) this.#addText(TEXT_EVENTS.get(type) ?? 'content', chunk);
    else if (typeof type === 'string' && type.startsWith('response.')) this.#addItem(type, chunk);
    else if (typeof type === 'string' && /^(tool|source)/.test(type)) this.#addPart(type, chunk);
    else this.#addChunk(chunk);
  }

  /** The message; an array if the model gave several or called tools in between; `undefined` if none was recognised. */
  message(): unknown {
    if (this.#whole !== undefined) return this.#whole;
    if (!this.#blocks.isEmpty) return this.#blocks.message();
    const messages = this.#order.map((key) => this.#finished.get(key) ?? this.#drafts.get(key)?.finish());
    return messages.length > 1 || this.#finished.size > 0 ? messages : messages[0];
  }

  #addChunk(chunk: unknown): void {
    for (const choice of listOf(read(chunk, 'choices'))) {
      const delta = read(choice, 'delta');
      const text = read(choice, 'text');
      if (isObject(delta)) this.#draft(read(choice, 'index')).addDelta(delta);
      else if (typeof text === 'string') this.#draft(read(choice, 'index')).append('content', text);
    }
    // LangChain keeps the reasoning of some providers in `additional_kwargs`.
    const more = read(chunk, 'additional_kwargs');
    if (!isObject(more)) return;
    const draft = this.#draft(0);
    draft.addContent(read(chunk, 'content'));
    draft.append('reasoning', read(more, 'reasoning_content'));
    for (const call of listOf(read(chunk, 'tool_call_chunks'))) {
      draft.addCall(read(call, 'index'), read(call, 'id'), read(call, 'name'), read(call, 'args'));
    }
  }

  #addText(field: TextField, chunk: unknown): void {
    this.#draft(read(chunk, 'output_index') ?? this.#step).append(field, textOf(chunk));
  }

  /** An event about one item of a response. A finished item replaces its earlier pieces. */
  #addItem(type: string, event: unknown): void {
    const index = read(event, 'output_index');
    const item = read(event, 'item');
    const isCall = read(item, 'name') !== undefined && read(item, 'call_id') !== undefined;
    if (type === 'response.output_item.done' && isObject(item)) this.#finish(index, item);
    else if (type === 'response.output_item.added' && isCall) {
      this.#draft(index).addCall(0, read(item, 'call_id'), read(item, 'name'), '');
    } else if (/(?:arguments|call_input)\.delta$/.test(type)) {
      this.#draft(index).addCall(0, undefined, undefined, read(event, 'delta'));
    }
  }

  /** A part of the AI SDK about a tool or a source. After the result of a tool, a new message begins. */
  #addPart(type: string, part: unknown): void {
    const id = read(part, 'toolCallId');
    const name = read(part, 'toolName');
    if (type === 'tool-call') {
      const input = read(part, 'input') ?? read(part, 'args');
      this.#draft(this.#step).addCall(id, id, name, typeof input === 'string' ? input : snapshotJson(input));
    } else if (type === 'tool-result' || type === 'tool-error') {
      if (read(part, 'preliminary') === true) return;
      const content = read(part, 'output') ?? read(part, 'result') ?? read(part, 'error');
      this.#finish(this.#step + 1, { role: 'tool', tool_call_id: id, name, content });
      this.#step += 2;
    } else if (type === 'source') this.#draft(this.#step).annotate(part);
  }

  #finish(key: unknown, value: object): void {
    const copy = this.#room.copy(value);
    if (copy === undefined) return;
    this.#place(key);
    this.#finished.set(key, copy);
  }

  #draft(key: unknown): Draft {
    const draft = this.#drafts.get(key) ?? new Draft(this.#room);
    this.#drafts.set(key, draft);
    this.#place(key);
    return draft;
  }

  #place(key: unknown): void {
    if (!this.#order.includes(key)) this.#order.push(key);
  }
}

/** The text of an event or part, under whichever of its names. */
function textOf(part: unknown): unknown {
  return ['delta', 'textDelta', 'text'].map((name) => read(part, name)).find((text) => typeof text === 'string');
}
