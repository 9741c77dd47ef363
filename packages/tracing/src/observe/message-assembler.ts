import { read, snapshotJson } from '../snapshot.js';
import { usageByKind } from '../usage.js';

interface Draft {
  role: string;
  content: string;
  reasoning: string;
  refusal: string;
  readonly toolCalls: Map<unknown, { id: string | null; name: string; arguments: string }>;
}

type TextField = 'content' | 'reasoning' | 'refusal';

/**
 * Puts a model's streamed answer together to the message that the model would have given unstreamed. It knows the chunks of
 * OpenAI's chat completions, the events of OpenAI's responses and of Anthropic's messages, and the stream parts of the AI SDK.
 */
export class MessageAssembler {
  /** Token counts by kind, as the stream told them. */
  usage: Record<string, number> | undefined;
  model: string | undefined;
  readonly #drafts = new Map<unknown, Draft>();
  #whole: unknown;
  #room: number;
  #lost = 0;

  /** @param room how many characters of the answer are kept */
  constructor(room: number) {
    this.#room = room;
  }

  /** Whether anything of an answer has been recognised. */
  get isMessage(): boolean {
    return this.#drafts.size > 0 || this.#whole !== undefined;
  }

  add(chunk: unknown): void {
    if (typeof chunk !== 'object' || chunk === null) return;
    this.#readTotals(chunk);
    const choices = read(chunk, 'choices');
    const type = read(chunk, 'type');
    if (Array.isArray(choices)) for (const choice of choices) this.#addChoice(choice);
    else if (typeof type !== 'string') return;
    else if (type.startsWith('response.')) this.#addResponseEvent(type, chunk);
    else this.#addPart(type, chunk);
  }

  /** The message; several where the model was asked for several; `undefined` where none was recognised. */
  message(): unknown {
    if (this.#whole !== undefined) return this.#whole;
    const messages = [...this.#drafts.values()].map((draft) => this.#finish(draft));
    return messages.length > 1 ? messages : messages[0];
  }

  #readTotals(chunk: object): void {
    const holder = objectOf(read(chunk, 'response')) ?? chunk;
    const usage = objectOf(read(holder, 'totalUsage')) ?? objectOf(read(holder, 'usage'));
    if (usage) this.usage = { ...this.usage, ...usageByKind(usage) };
    const model = read(holder, 'model');
    if (typeof model === 'string') this.model = model;
  }

  #addChoice(choice: unknown): void {
    const delta = objectOf(choice) && objectOf(read(choice as object, 'delta'));
    if (!delta) return;
    const draft = this.#draft(read(choice as object, 'index'));
    const role = read(delta, 'role');
    if (typeof role === 'string') draft.role = role;
    this.#append(draft, 'content', read(delta, 'content'));
    this.#append(draft, 'reasoning', read(delta, 'reasoning_content'));
    this.#append(draft, 'refusal', read(delta, 'refusal'));
    const calls = read(delta, 'tool_calls');
    for (const call of Array.isArray(calls) ? calls : []) {
      const called = objectOf(call) && objectOf(read(call, 'function'));
      if (called)
        this.#addToolCall(
          draft,
          read(call, 'index'),
          read(call, 'id'),
          read(called, 'name'),
          read(called, 'arguments'),
        );
    }
  }

  #addResponseEvent(type: string, event: object): void {
    const response = objectOf(read(event, 'response'));
    const output = response && read(response, 'output');
    if (type === 'response.output_text.delta') this.#append(this.#draft(0), 'content', read(event, 'delta'));
    else if (Array.isArray(output) && output.length > 0) this.#whole = JSON.parse(snapshotJson(output));
  }

  #addPart(type: string, part: object): void {
    const delta = read(part, 'delta');
    const text = [
      delta,
      objectOf(delta) && read(delta as object, 'text'),
      read(part, 'textDelta'),
      read(part, 'text'),
    ].find((candidate) => typeof candidate === 'string');
    if (type === 'text-delta' || type === 'content_block_delta') this.#append(this.#draft(0), 'content', text);
    else if (type === 'reasoning-delta' || type === 'reasoning') this.#append(this.#draft(0), 'reasoning', text);
    else if (type === 'tool-call') {
      const id = read(part, 'toolCallId');
      const input = read(part, 'input') ?? read(part, 'args');
      const json = typeof input === 'string' ? input : snapshotJson(input);
      this.#addToolCall(this.#draft(0), id, id, read(part, 'toolName'), json);
    }
  }

  #addToolCall(draft: Draft, key: unknown, id: unknown, name: unknown, json: unknown): void {
    const call = draft.toolCalls.get(key) ?? { id: typeof id === 'string' ? id : null, name: '', arguments: '' };
    draft.toolCalls.set(key, call);
    if (typeof name === 'string') call.name += this.#keep(name);
    if (typeof json === 'string') call.arguments += this.#keep(json);
  }

  #append(draft: Draft, field: TextField, text: unknown): void {
    if (typeof text === 'string') draft[field] += this.#keep(text);
  }

  #keep(text: string): string {
    const kept = text.slice(0, Math.max(0, this.#room));
    this.#room -= kept.length;
    this.#lost += text.length - kept.length;
    return kept;
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
    const text = this.#lost > 0 ? `${content}[truncated: ${this.#lost} characters]` : content;
    return {
      role,
      content: text === '' && calls.length > 0 ? null : text,
      ...(reasoning && { reasoning }),
      ...(refusal && { refusal }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  }
}

function objectOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
