import { isObject, read } from '../base/inert.js';
import { Draft, listIn, textIn } from './draft.js';
import { Room } from './room.js';

/** A block from its start event, with its later deltas. */
type Block = Record<string, unknown>;

const JSON_SO_FAR = 'partial_json';

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
    const block = this.#blocks.get(index) ?? { ...(isObject(start) ? this.#copy(start) : { type: typeOf(delta) }) };
    this.#blocks.set(index, block);
    for (const field of ['text', 'thinking', 'signature', JSON_SO_FAR]) {
      const text = this.#room.take(textIn(delta, field));
      if (text) block[field] = textIn(block, field) + text;
    }
    const citation = read(delta, 'citation');
    if (isObject(citation)) block.citations = [...listIn(block, 'citations'), this.#copy(citation)];
  }

  /** In OpenAI's form if that holds everything, else with the blocks as they would have come without streaming. */
  message(): object {
    const blocks = [...this.#blocks.values()];
    const isOrdinary = blocks.every(
      (block) => ORDINARY.includes(block.type) && !block.signature && listIn(block, 'citations').length === 0,
    );
    return isOrdinary ? this.#chatMessage(blocks) : { role: 'assistant', content: blocks.map(finish) };
  }

  #chatMessage(blocks: readonly Block[]): object {
    // The content of the blocks was counted when it arrived.
    const room = new Room(Number.POSITIVE_INFINITY);
    const draft = new Draft(room);
    for (const [index, block] of blocks.entries()) {
      draft.append('text', block, 'text');
      draft.append('reasoning', block, 'thinking');
      if (block.type !== 'tool_use') continue;
      draft.addCall(index, block.id, { name: block.name, arguments: block[JSON_SO_FAR] ?? block.input ?? {} });
    }
    room.lost = this.#room.lost;
    return draft.finish();
  }

  /** A snapshot of the block; only its type if the rest does not fit. */
  #copy(value: object): object {
    const copy = this.#room.copy(value);
    return isObject(copy) ? copy : { type: read(value, 'type') };
  }
}

/** The type of the block that a delta belongs to, for a delta without a start event. */
function typeOf(delta: unknown): string {
  if (read(delta, JSON_SO_FAR) !== undefined) return 'tool_use';
  return read(delta, 'thinking') === undefined ? 'text' : 'thinking';
}

/** The block with its parsed input; with the text of the input if that is incomplete because the stream was abandoned. */
function finish({ [JSON_SO_FAR]: json, ...block }: Block): object {
  if (typeof json !== 'string') return block;
  try {
    return { ...block, input: JSON.parse(json) };
  } catch {
    return { ...block, input: json };
  }
}
