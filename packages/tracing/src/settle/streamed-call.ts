import { SpanAttributeKeys } from '@powerrag/protocol';
import { attributeOf } from '../base/sdk-span.js';
import { snapshotJson } from '../base/snapshot.js';
import { recordFailure } from '../record/failure.js';
import { recordText } from '../record/write.js';
import { Call } from './call.js';
import { Collector } from './collector.js';
import { type Totals, totalsOfBody } from './totals.js';

/** How a stream was abandoned before its end. */
export type HowLeft = 'returned' | 'thrown' | 'cancelled' | 'abandoned';

/** A call whose result may come in pieces. */
export class StreamedCall extends Call {
  /** Whether the result is a response, whose body tells what an answer would. */
  isResponse = false;
  #pieces: Collector | undefined;
  #isWhole = false;
  #stopWaiting: (() => void) | undefined;

  /**
   * Waits for a reader, instead of an earlier wait.
   * @param stop ends the wait; called when reading begins or when the call settles before that. Default: there is nothing to wait for
   */
  waitForReader(stop?: () => void): void {
    this.#stopWaiting?.();
    this.#stopWaiting = stop;
  }

  /** A reader has begun to read a streamed result. */
  readingBegan(): void {
    this.waitForReader();
  }

  /** A piece of a streamed result has reached its reader. */
  chunk(value: unknown): void {
    if (this.isSettled || !this.span.isRecording()) return;
    if (!this.#pieces) {
      this.#pieces = new Collector();
      const key = SpanAttributeKeys.observationCompletionStartTime;
      // The ISO instant in quotes, which is its JSON.
      if (attributeOf(this.span, key) === undefined) recordText(this.span, key, snapshotJson(new Date()));
    }
    if (this.options.output) this.#pieces.add(value);
  }

  /** The whole answer of a stream has arrived; it is recorded instead of the pieces. */
  answered(value: unknown): void {
    this.#isWhole = value !== undefined;
    this.returned(value);
  }

  /** A stream was abandoned before its end. */
  left(how: HowLeft): void {
    this.settle(undefined, () => this.span.setAttribute(SpanAttributeKeys.partial, how));
  }

  protected override settle(value?: unknown, record?: () => void): void {
    this.readingBegan();
    super.settle(value, record);
    this.#pieces = undefined;
  }

  protected override recordRest(value: unknown): void {
    // Told by a piece, of a stream that does not fail itself.
    const failure = this.#pieces?.failure;
    if (failure) recordFailure(this.span, failure);
    super.recordRest(value);
  }

  protected override recordOutput(output: true | ((result: unknown) => unknown), value: unknown): void {
    const pieces = this.#isWhole ? undefined : this.#pieces;
    const text = output === true && value === undefined ? pieces?.text() : undefined;
    if (text !== undefined) this.span.setAttribute(SpanAttributeKeys.observationOutput, text);
    else super.recordOutput(output, pieces ? pieces.result(value) : value);
  }

  /** As the stream told them, or the body of a response. */
  protected override totals(value: unknown): Totals {
    const body = this.isResponse ? (value ?? this.#pieces?.result()) : undefined;
    return typeof body === 'string' ? totalsOfBody(body) : (this.#pieces?.totals ?? super.totals(value));
  }
}

let abandoned: FinalizationRegistry<StreamedCall> | undefined;

/**
 * Settles the call when the object that should settle it has been garbage collected: with several, the one named last. In a
 * runtime without `FinalizationRegistry`, such a call stays open.
 */
export function whenAbandoned(object: object, call: StreamedCall): void {
  if (typeof FinalizationRegistry !== 'function') return;
  abandoned ??= new FinalizationRegistry((left) => left.left('abandoned'));
  abandoned.unregister(call);
  abandoned.register(object, call, call);
}
