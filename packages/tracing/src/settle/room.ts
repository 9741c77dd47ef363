import { cut, snapshotJson } from '../base/snapshot.js';

/** How much text may still be kept, in UTF-16 code units, and how much was cut. */
export class Room {
  left: number;
  lost = 0;

  constructor(left: number) {
    this.left = left;
  }

  /** The part of a text that fits. After the first cut nothing fits, so that the kept text has no gaps. */
  take(text: string): string {
    const kept = cut(text, this.left);
    this.lost += text.length - kept.length;
    this.left = this.lost > 0 ? 0 : this.left - kept.length;
    return kept;
  }

  /** A snapshot of a value; `undefined` if it does not fit completely. */
  copy(value: unknown): unknown {
    const json = snapshotJson(value);
    return this.take(json) === json ? JSON.parse(json) : undefined;
  }
}
