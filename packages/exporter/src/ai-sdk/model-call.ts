import { type Context, type Span, trace } from '@opentelemetry/api';
import { read, SpanAttributeKeys } from '@powerrag/protocol';
import { Answer } from './answer.js';
import { type Call, type Recording, startSpan } from './call.js';
import { type ChannelMessage, modelInputOf, parametersOf, textOf } from './events.js';
import { watchStream } from './model-stream.js';
import type { Operation } from './operation.js';
import { write, writeFailure, writeMetadata, writeType, writeWhole } from './span-writer.js';
import { tokenCounts } from './usage.js';

/** One call of a language model: a generation. A streamed answer ends it when the stream has been read. */
export class ModelCall implements Operation {
  readonly span: Span;
  readonly #recording: Recording;
  readonly #call: Call | undefined;
  readonly #model: string | undefined;
  readonly #answer = new Answer();
  readonly #startMs: number;
  #ended = false;

  constructor(recording: Recording, { event }: ChannelMessage, call: Call | undefined, parent: Context) {
    this.#recording = recording;
    this.#call = call;
    this.#startMs = recording.clock.now();
    this.#model = textOf(event, 'modelId');
    const below = call ? trace.setSpan(parent, call.span) : parent;
    this.span = startSpan(recording, `chat ${this.#model ?? ''}`.trimEnd(), below);
    call?.started(this);
    writeType(this.span, 'generation');
    write(this.span, SpanAttributeKeys.observationInput, modelInputOf(event));
    write(this.span, SpanAttributeKeys.observationModel, this.#model);
    write(this.span, SpanAttributeKeys.observationModelParameters, parametersOf(event));
    write(this.span, 'ai.model.provider', textOf(event, 'provider'));
  }

  end(result: unknown, error: unknown): void {
    if (error !== undefined) this.#finish(error);
    else if (result === undefined && this.#call?.isStream) {
      // The application hides results, so that the stream is hidden, too: the call ends with the whole.
    } else if (!this.#watch(read(result, 'stream'))) {
      this.#answer.set(result);
      this.#finish(undefined);
    }
  }

  abandon(): void {
    // A call whose stream was hidden has come to its end.
    this.#finish(undefined, this.#answer.pieces.length > 0 || !this.#call?.isStream ? 'abandoned' : undefined);
  }

  #watch(stream: unknown): boolean {
    const { clock } = this.#recording;
    return watchStream(
      stream,
      {
        piece: (part) => this.#piece(part),
        done: () => this.#finish(undefined),
        failed: (error) => this.#finish(error),
        cancelled: () => this.#finish(undefined, 'cancelled'),
        abandoned: () => (this.#call ?? this).abandon(),
      },
      clock,
    );
  }

  #piece(part: unknown): void {
    if (this.#ended) return;
    const { clock } = this.#recording;
    const had = this.#answer.pieces.length;
    this.#answer.add(part, clock.now() - this.#startMs);
    if (had > 0 || this.#answer.pieces.length === 0) return;
    const now = new Date(clock.wallNow()).toISOString();
    this.span.setAttribute(SpanAttributeKeys.observationCompletionStartTime, JSON.stringify(now));
  }

  #finish(error: unknown, partial?: 'cancelled' | 'abandoned'): void {
    if (this.#ended) return;
    this.#ended = true;
    const { finishReason, model, pieces, responseId, usage } = this.#answer;
    const message = this.#answer.message();
    const failure = error ?? this.#answer.error;
    writeWhole(this.span, SpanAttributeKeys.observationOutput, message);
    write(this.span, SpanAttributeKeys.observationModel, model);
    write(this.span, SpanAttributeKeys.observationUsageDetails, tokenCounts(usage));
    writeMetadata(this.span, { finishReason, responseId });
    if (pieces.length > 0) writeWhole(this.span, SpanAttributeKeys.pieces, pieces);
    if (partial) write(this.span, SpanAttributeKeys.partial, partial);
    if (failure !== undefined) writeFailure(this.span, failure);
    this.span.end();
    if (!this.#call) return;
    this.#call.answer = message ?? this.#call.answer;
    this.#call.ended(this);
  }
}
