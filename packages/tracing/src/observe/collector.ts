import { maxLength, Snapshot, snapshotJson } from '../snapshot.js';
import { MessageAssembler } from './message-assembler.js';

/**
 * Puts the pieces of a streamed result together: text to a text, pieces of a model's answer to a message, anything else to an
 * array. Each piece is taken as it is when it comes, and no more than the length limit of one value is held.
 */
export class Collector {
  readonly #room = maxLength();
  readonly #texts: string[] = [];
  readonly #pieces: string[] = [];
  #assembler: MessageAssembler | undefined;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #binaryBytes = 0;
  #held = 0;
  #total = 0;
  #onlyText = true;
  #lostText = 0;
  #lostPieces = 0;

  add(value: unknown): void {
    this.#total += 1;
    const text = value instanceof Uint8Array ? this.#decode(value) : value;
    if (typeof text === 'string' && this.#onlyText) this.#addText(text);
    else this.#addPiece(text);
  }

  /** Token counts and model that the stream told, for a generation. */
  get totals(): { usageDetails?: Record<string, number> | undefined; model?: string | undefined } {
    return { usageDetails: this.#assembler?.usage, model: this.#assembler?.model };
  }

  /** What is recorded unless the application says otherwise. It is within the limit already, so it is not cut a second time. */
  recorded(returned?: unknown): unknown {
    const result = this.result(returned);
    if (returned !== undefined || result === undefined) return result;
    return new Snapshot(typeof result === 'string' ? result : JSON.stringify(result));
  }

  /** @param returned what a generator has returned besides */
  result(returned?: unknown): unknown {
    const streamed = this.#total === 0 ? undefined : this.#streamed();
    if (returned === undefined) return streamed;
    return streamed === undefined ? returned : { streamed, returned };
  }

  #streamed(): unknown {
    if (this.#binaryBytes > 0) return `[${this.#binaryBytes} bytes]`;
    if (this.#onlyText) {
      const text = this.#texts.join('') + (this.#decoder?.decode() ?? '');
      return this.#lostText > 0
        ? `${text}[truncated: ${this.#lostText} of ${text.length + this.#lostText} characters]`
        : text;
    }
    const message = this.#assembler?.message();
    if (message) return message;
    const pieces: unknown[] = this.#pieces.map((json) => JSON.parse(json));
    if (this.#lostPieces > 0) pieces.push(`[truncated: ${this.#lostPieces} of ${this.#total} items]`);
    return pieces;
  }

  #addText(text: string): void {
    const kept = text.slice(0, Math.max(0, this.#room - this.#held));
    this.#held += kept.length;
    this.#lostText += text.length - kept.length;
    if (kept) this.#texts.push(kept);
  }

  #addPiece(value: unknown): void {
    if (this.#onlyText) {
      this.#onlyText = false;
      this.#pieces.push(...this.#texts.map((text) => JSON.stringify(text)));
    }
    this.#assembler ??= new MessageAssembler(this.#room);
    this.#assembler.add(value);
    // Once a message comes about, it is what will be shown: the pieces need not be kept.
    if (this.#assembler.isMessage) {
      this.#pieces.length = 0;
      return;
    }
    const json = snapshotJson(value);
    if (this.#held + json.length > this.#room) this.#lostPieces += 1;
    else {
      this.#held += json.length + 1;
      this.#pieces.push(json);
    }
  }

  /** Bytes as UTF-8 text; once they are none, only their number is kept. */
  #decode(bytes: Uint8Array): string {
    try {
      if (this.#binaryBytes === 0) {
        this.#decoder ??= new TextDecoder('utf-8', { fatal: true });
        return this.#decoder.decode(bytes, { stream: true });
      }
    } catch {
      this.#binaryBytes = this.#held;
      this.#texts.length = 0;
    }
    this.#binaryBytes += bytes.byteLength;
    return '';
  }
}
