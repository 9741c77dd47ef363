import { type Context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { read, SpanAttributeKeys, UNSAMPLED_LISTENERS, type UnsampledListeners } from '@powerrag/protocol';
import type { Clock } from '../base/clock.js';
import { type ChannelMessage, contextEntriesOf, hasTools, messagesOf, textOf } from './events.js';
import type { Operation } from './operation.js';
import { write, writeFailure, writeMetadata, writeType, writeWhole } from './span-writer.js';

/** What an operation of the AI SDK needs to be recorded. */
export interface Recording {
  readonly tracer: Tracer;
  readonly clock: Clock;
}

const globals = globalThis as { readonly [UNSAMPLED_LISTENERS]?: UnsampledListeners };

/** Starts a span. If it is not recorded, exporters count it here, because span processors do not see such a span. */
export function startSpan({ tracer }: Recording, name: string, parent: Context, startTime?: number): Span {
  const span = tracer.startSpan(name, startTime === undefined ? {} : { startTime }, parent);
  if (!span.isRecording()) {
    for (const listener of globals[UNSAMPLED_LISTENERS] ?? []) listener(span, trace.getSpan(parent));
  }
  return span;
}

/**
 * One call of `generateText` or `streamText`: an agent where it was given tools, else a chain. Model calls and tool executions are
 * its children. Its span starts with the first of them, at the time when the call began: by then it is known whether an integration
 * that the application chose records the call already.
 */
export class Call implements Operation {
  /** Set when another instrumentation records this call. From then on nothing is recorded of it here. */
  isRecordedElsewhere = false;
  /** What the last model call answered. */
  answer: string | object | undefined;
  readonly isStream: boolean;
  readonly #recording: Recording;
  readonly #message: ChannelMessage;
  readonly #parent: Context;
  readonly #startMs: number;
  readonly #onEnded: () => void;
  readonly #open = new Set<Operation>();
  #span: Span | undefined;
  #ended = false;

  /** @param onEnded called once, when it has ended or is abandoned */
  constructor(recording: Recording, message: ChannelMessage, parent: Context, onEnded: () => void) {
    this.#onEnded = onEnded;
    this.#recording = recording;
    this.#message = message;
    this.#parent = parent;
    this.#startMs = recording.clock.wallNow();
    this.isStream = message.type === 'streamText';
  }

  /** The span of the call, which starts at the first use. */
  get span(): Span {
    this.#span ??= this.#start();
    return this.#span;
  }

  started(operation: Operation): void {
    this.#open.add(operation);
  }

  ended(operation: Operation): void {
    this.#open.delete(operation);
  }

  end(_result: unknown, error: unknown): void {
    this.#end(() => {
      if (error !== undefined) writeFailure(this.span, error);
    }, error);
  }

  abandon(): void {
    this.#end(() => write(this.span, SpanAttributeKeys.partial, 'abandoned'));
  }

  #end(finish: () => void, error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnded();
    for (const operation of this.#open) {
      if (error === undefined) operation.abandon();
      else operation.end(undefined, error);
    }
    if (this.isRecordedElsewhere && this.#span === undefined) return;
    writeWhole(this.span, SpanAttributeKeys.observationOutput, this.answer);
    finish();
    this.span.end();
  }

  #start(): Span {
    const { event, type } = this.#message;
    const name = textOf(event, 'functionId') ?? type;
    const span = startSpan(this.#recording, name, this.#parent, this.#startMs);
    writeType(span, hasTools(event) ? 'agent' : 'chain');
    write(span, SpanAttributeKeys.observationInput, messagesOf(event));
    writeMetadata(span, { operationId: read(event, 'operationId'), aiVersion: read(event, 'aiVersion') });
    // Under these keys AI SDK 6 wrote them, too: the session and user that a server reads there are not its own invention.
    for (const [key, value] of contextEntriesOf(event)) write(span, `ai.settings.context.${key}`, value);
    return span;
  }
}
