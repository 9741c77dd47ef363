import { isObject, read } from '../base/inert.js';
import { snapshotJson } from '../base/snapshot.js';
import { Draft, listOf } from './draft.js';
import type { Room } from './room.js';

type Texts = 'text' | 'thinking' | 'signature' | 'partial_json';
const TEXTS: readonly Texts[] = ['text', 'thinking', 'signature', 'partial_json'];

interface Block extends Record<Texts, string> {
  /** The block as its start event gave it. */
  readonly start: Readonly<Record<string, unknown>>;
  readonly citations: unknown[];
}

/** Blocks that a message of chat completions can hold as well. */
const ORDINARY: readonly unknown[] = ['text', 'thinking', 'tool_use'];

/** The content of an Anthropic answer, from its events. */
export class AnthropicBlocks {
  readonly #blocks = new Map<unknown, Block>();
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  get isEmpty(): boolean {
    return this.#blocks.size === 0;
  }

  add(event: unknown): void {
    const index = read(event, 'index');
    const start = read(event, 'content_block');
    const delta = read(event, 'delta');
    const block = this.#blocks.get(index) ?? this.#begin(start, delta);
    this.#blocks.set(index, block);
    for (const field of TEXTS) block[field] += this.#room.keep(read(delta, field));
    const citation = read(delta, 'citation');
    if (isObject(citation)) block.citations.push(this.#copy(citation));
  }

  /** In OpenAI's form if that holds everything, else with the blocks as they would have come without streaming. */
  message(): object {
    const blocks = [...this.#blocks.values()];
    const isOrdinary = blocks.every(
      ({ start, citations, signature }) =>
        ORDINARY.includes(read(start, 'type')) && citations.length === 0 && signature === '',
    );
    return isOrdinary
      ? this.#chatMessage(blocks)
      : { role: 'assistant', content: blocks.map((block) => this.#finish(block)) };
  }

  #begin(start: unknown, delta: unknown): Block {
    const type = read(delta, 'thinking') === undefined ? 'text' : 'thinking';
    const copied = isObject(start) ? this.#copy(start) : undefined;
    const known = { type: read(delta, 'partial_json') === undefined ? type : 'tool_use' };
    const block = { start: isObject(copied) ? { ...copied } : known, citations: [], signature: '', partial_json: '' };
    return { ...block, text: this.#room.keep(read(start, 'text')), thinking: this.#room.keep(read(start, 'thinking')) };
  }

  #finish({ start, text, thinking, signature, partial_json: json, citations }: Block): object {
    const all = [...listOf(read(start, 'citations')), ...citations];
    return {
      ...start,
      ...(text && { text }),
      ...(thinking && { thinking }),
      ...(signature && { signature }),
      ...(json && { input: parsed(json) }),
      ...(all.length > 0 && { citations: all }),
    };
  }

  #chatMessage(blocks: readonly Block[]): object {
    const draft = new Draft(this.#room);
    // The content of the blocks was counted when it arrived.
    this.#room.free(() => {
      for (const [index, { start, text, thinking, partial_json: json }] of blocks.entries()) {
        draft.append('content', text);
        draft.append('reasoning', thinking);
        if (read(start, 'type') !== 'tool_use') continue;
        const given = json || snapshotJson(read(start, 'input') ?? {});
        draft.addCall(index, read(start, 'id'), read(start, 'name'), given);
      }
    });
    return draft.finish();
  }

  /** A snapshot of the block; only its type if the rest does not fit. */
  #copy(value: object): unknown {
    return this.#room.copy(value) ?? { type: read(value, 'type') };
  }
}

/** The parsed JSON; the text itself if it is incomplete because the stream was abandoned. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
