import { isObject, read } from '../base/inert.js';
import { snapshotJson } from '../base/snapshot.js';
import { AnthropicBlocks } from './anthropic-blocks.js';
import { Draft, listIn, type TextField, textIn } from './draft.js';
import type { Room } from './room.js';
import { type Totals, totalsOfPiece } from './totals.js';

/**
 * The type of an event of OpenAI's responses (`response.output_text.delta`, `response.reasoning_summary_text.delta`,
 * `response.audio.transcript.delta`, …) or of a part of the AI SDK (`text-delta`) that carries a piece of text.
 */
const TEXT_EVENT = /^(?:response\.(?:\w+?[._])??)?(text|refusal|reasoning|transcript)\w*[.-]delta$/;

/**
 * Assembles a model's streamed answer into the message that the model would have returned without streaming. It reads the chunks of
 * OpenAI's (chat) completions and of LangChain, the events of OpenAI's responses, of Anthropic's messages and of Cohere, and the stream
 * parts of the AI SDK. It leaves out log probabilities, audio and images.
 */
export class MessageAssembler {
  /** As far as the stream has reported them. */
  totals: Totals = {};
  /** The error that a piece told of: an event or part `error`, a response of OpenAI's that failed, or that the AI SDK was aborted. */
  failure: unknown;
  /** By where they stand: messages in the making, and those and other items that came whole. */
  readonly #items = new Map<unknown, object>();
  readonly #blocks: AnthropicBlocks;
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
    return this.#items.size > 0 || !this.#blocks.isEmpty || this.#whole !== undefined;
  }

  /** @param piece also `{ part }`: see `followBaseStream` */
  add(piece: unknown): void {
    const chunk = textIn(piece, 'type') ? piece : (read(piece, 'part') ?? read(piece, 'data') ?? piece);
    const response = read(chunk, 'response');
    this.totals = totalsOfPiece(chunk, this.totals);
    const type = textIn(chunk, 'type');
    if (type === 'abort') this.failure = { name: 'AbortError' };
    else if (/^(error|response\.failed)$/.test(type)) {
      this.failure = read(response ?? chunk, 'error') ?? read(chunk, 'errorText');
    }
    const output = listIn(response, 'output');
    // The AI SDK 4 has no `-delta` there.
    const field = type === 'reasoning' ? type : TEXT_EVENT.exec(type)?.[1];
    if (type.startsWith('content_block_')) this.#blocks.add(chunk);
    else if (output.length > 0) this.#whole = JSON.parse(snapshotJson(output));
    else if (field) {
      const draft = this.#draft(read(chunk, 'output_index') ?? this.#step);
      draft.append(field as TextField, chunk, 'delta', 'textDelta', 'text');
    } else if (type.startsWith('response.')) this.#addEvent(type, chunk);
    else if (/^(tool-(?!call-|plan-)|source)/.test(type)) this.#addPart(type, chunk);
    else if (/-generation$/.test(textIn(chunk, 'eventType', 'event_type'))) this.#addGeneration(chunk);
    else this.#addChunk(chunk);
  }

  /** The message; an array if the model gave several or called tools in between; `undefined` if none was recognised. */
  message(): unknown {
    if (this.#whole !== undefined) return this.#whole;
    if (!this.#blocks.isEmpty) return this.#blocks.message();
    const items = [...this.#items.values()];
    const messages = items.map((item) => (item instanceof Draft ? item.finish() : item));
    return items.length === 1 && items[0] instanceof Draft ? messages[0] : messages;
  }

  #addChunk(chunk: unknown): void {
    // Cohere's; then Ollama's, of a chat or a prompt.
    const message = read(read(chunk, 'delta'), 'message');
    const whole = { delta: message ?? read(chunk, 'message'), text: read(chunk, 'response') };
    for (const choice of message || read(chunk, 'done') !== undefined ? [whole] : listIn(chunk, 'choices')) {
      const delta = read(choice, 'delta');
      const isText = typeof read(choice, 'text') === 'string';
      if (!isObject(delta) && !isText) continue;
      const draft = this.#draft(read(choice, 'index'));
      if (isObject(delta)) draft.addDelta(delta);
      else draft.append('text', choice, 'text');
    }
    // LangChain keeps the reasoning of some providers in `additional_kwargs`.
    const more = read(chunk, 'additional_kwargs');
    if (!isObject(more)) return;
    const draft = this.#draft(0);
    draft.addContent(chunk);
    draft.append('reasoning', more, 'reasoning_content');
    for (const call of listIn(chunk, 'tool_call_chunks')) draft.addCall(read(call, 'index'), read(call, 'id'), call);
  }

  /** An event of the first version of Cohere's API: a piece of the text, or calls of tools with what the model says of them. */
  #addGeneration(event: unknown): void {
    const draft = this.#draft(0);
    const calls = [...listIn(event, 'toolCalls'), ...listIn(event, 'tool_calls')];
    draft.append(calls.length > 0 ? 'reasoning' : 'text', event, 'text');
    for (const [index, call] of calls.entries()) draft.addCall(index, undefined, call);
    for (const citation of listIn(event, 'citations')) draft.annotate(citation);
  }

  /** About one item of a response. An item that is done stands in place of what came of it before. */
  #addEvent(type: string, event: unknown): void {
    const index = read(event, 'output_index');
    const item = read(event, 'item');
    const name = read(item, 'name');
    const id = read(item, 'call_id');
    if (type === 'response.output_item.done' && isObject(item)) this.#finish(index, item);
    else if (type === 'response.output_item.added' && name && id) {
      this.#draft(index).addCall(0, id, { name });
    } else if (/(?:arguments|call_input)\.delta$/.test(type)) this.#draft(index).addCall(0, undefined, event);
  }

  /** A part of the AI SDK about a tool or a source. After the result of a tool, a new message begins. */
  #addPart(type: string, part: unknown): void {
    const id = read(part, 'toolCallId');
    const name = read(part, 'toolName');
    if (type === 'tool-call') {
      const input = read(part, 'input') ?? read(part, 'args');
      this.#draft(this.#step).addCall(id, id, { name, arguments: input });
    } else if (/^tool-(result|error)$/.test(type) && read(part, 'preliminary') !== true) {
      const content = read(part, 'output') ?? read(part, 'result') ?? read(part, 'error');
      this.#finish(this.#step + 1, { role: 'tool', tool_call_id: id, name, content });
      this.#step += 2;
    } else if (type === 'source') this.#draft(this.#step).annotate(part);
  }

  #finish(key: unknown, value: object): void {
    const copy = this.#room.copy(value);
    if (isObject(copy)) this.#items.set(key, copy);
  }

  /** The draft of the message at that position; a discarded one if something came whole there. */
  #draft(key: unknown): Draft {
    const item = this.#items.get(key) ?? new Draft(this.#room);
    this.#items.set(key, item);
    return item instanceof Draft ? item : new Draft(this.#room);
  }
}
