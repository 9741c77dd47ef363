import { cut, isObject, maxValueLength, read, snapshotJsonOf } from '@powerrag/protocol';

/** A part of an answer in the AI SDK's own form, such as `{ type: 'text', text }`. */
interface AnswerPart {
  readonly type: string;
  text?: string;
  readonly [field: string]: unknown;
}

/** Parts that are recorded as they come. */
const WHOLE_PARTS = new Set([
  'tool-call',
  'tool-result',
  'tool-approval-request',
  'file',
  'source',
  'custom',
  'reasoning-file',
]);
/** Most pieces of which each has a time of its own. */
const MAX_PIECES = 1_000;

/** Puts the answer of a model together, from the pieces of its stream or from the whole of it. */
export class Answer {
  model: string | undefined;
  responseId: string | undefined;
  finishReason: string | undefined;
  usage: unknown;
  /** The error in a stream that goes on after it. */
  error: unknown;
  readonly #parts: AnswerPart[] = [];
  /** Texts that are still being added to, by kind and id. */
  readonly #open = new Map<string, AnswerPart>();
  /** Characters that may still be kept. */
  #left = maxValueLength();
  #cutOff = 0;
  #pieces: [afterMs: number, length: number][] = [];

  /** When pieces came: milliseconds after the start of the call, and how many UTF-16 code units of the answer came with each. */
  get pieces(): readonly (readonly [afterMs: number, length: number])[] {
    return this.#pieces;
  }

  /** A part of the stream. @param afterMs milliseconds since the call started */
  add(part: unknown, afterMs: number): void {
    const type = read(part, 'type');
    if (typeof type !== 'string') return;
    if (type === 'text-delta' || type === 'reasoning-delta') this.#addDelta(type, part, afterMs);
    else if (type === 'text-start' || type === 'reasoning-start') this.#open.delete(keyOf(type, part));
    else if (type === 'tool-input-delta') this.#came(afterMs, read(part, 'delta'));
    else if (type === 'response-metadata') this.#describe(part);
    else if (type === 'finish') this.#finish(part);
    else if (type === 'error') this.error = read(part, 'error') ?? 'the stream reported an error';
    else this.#addWhole(type, part);
  }

  /** All of an answer that was not streamed. */
  set(result: unknown): void {
    const content = read(result, 'content');
    for (const part of Array.isArray(content) ? content : []) {
      const type = read(part, 'type');
      if (type === 'text' || type === 'reasoning') this.#parts.push({ type, text: this.#keep(read(part, 'text')) });
      else if (typeof type === 'string') this.#addWhole(type, part);
    }
    this.#describe(read(result, 'response'));
    this.#finish(result);
  }

  /** The text alone where there is nothing else, else a message, within the limit of one value; undefined where nothing came. */
  message(): string | object | undefined {
    const parts = this.#parts.filter(({ text }) => text !== '');
    if (this.#cutOff > 0) parts.push({ type: 'text', text: `[truncated: ${this.#cutOff} characters]` });
    if (parts.length === 0) return undefined;
    return parts.every(({ type }) => type === 'text')
      ? parts.map(({ text }) => text).join('')
      : { role: 'assistant', content: parts };
  }

  #addDelta(type: string, part: unknown, afterMs: number): void {
    const key = keyOf(type, part);
    let open = this.#open.get(key);
    if (!open) {
      open = { type: type === 'text-delta' ? 'text' : 'reasoning', text: '' };
      this.#open.set(key, open);
      this.#parts.push(open);
    }
    const delta = read(part, 'delta');
    open.text += this.#keep(delta);
    this.#came(afterMs, delta);
  }

  #came(afterMs: number, text: unknown): void {
    this.#pieces.push([Math.round(afterMs * 10) / 10, typeof text === 'string' ? text.length : 0]);
    if (this.#pieces.length > MAX_PIECES) this.#mergePieces();
  }

  /** Two by two: the later one comes with the earlier one, so that the first keeps its time. */
  #mergePieces(): void {
    this.#pieces = this.#pieces.flatMap(([afterMs, length], index) =>
      index % 2 === 0 ? [[afterMs, length + (this.#pieces[index + 1]?.[1] ?? 0)] as [number, number]] : [],
    );
  }

  #addWhole(type: string, part: unknown): void {
    if (!WHOLE_PARTS.has(type) || this.#left <= 0 || !isObject(part)) return;
    const json = snapshotJsonOf(part, this.#left);
    this.#left -= json.length;
    this.#parts.push(JSON.parse(json));
  }

  #describe(response: unknown): void {
    const [model, id] = [read(response, 'modelId'), read(response, 'id')];
    if (typeof model === 'string') this.model = model;
    if (typeof id === 'string') this.responseId = id;
  }

  #finish(end: unknown): void {
    const reason = read(end, 'finishReason');
    const unified = isObject(reason) ? read(reason, 'unified') : reason;
    if (typeof unified === 'string') this.finishReason = unified;
    this.usage = read(end, 'usage') ?? this.usage;
  }

  /** What of a text may still be kept. */
  #keep(text: unknown): string {
    if (typeof text !== 'string') return '';
    const kept = cut(text, this.#left);
    this.#cutOff += text.length - kept.length;
    // After the first that is cut nothing more is kept, so that the text has no holes.
    this.#left = this.#cutOff > 0 ? 0 : this.#left - kept.length;
    return kept;
  }
}

/** The key of the text that a part belongs to: the ids of texts and of thoughts may be the same. */
function keyOf(type: string, part: unknown): string {
  const id = read(part, 'id');
  return `${type.startsWith('text') ? 'text' : 'reasoning'} ${typeof id === 'string' ? id : ''}`;
}
