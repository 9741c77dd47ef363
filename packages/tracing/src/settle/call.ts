import { type Context, context, INVALID_TRACEID, trace } from '@opentelemetry/api';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { attributeOf, type SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import { isPlain } from '../base/snapshot.js';
import { warnOnce } from '../base/warn.js';
import { updateSpan } from '../record/attributes.js';
import { recordFailure } from '../record/failure.js';
import type { Observation } from '../record/observation.js';
import { type Totals, totalsOf } from './totals.js';

/** Assembles the pieces of a streamed result as they arrive. */
export interface Pieces {
  /** Token counts and model that the stream reported, for a generation. */
  readonly totals: Totals;
  add(piece: unknown): void;
  /** What is recorded of the pieces. It is already within the limit and must not be cut again. */
  text(): string | undefined;
  /** @param returned the return value of a generator */
  result(returned?: unknown): unknown;
}

/** How the results of calls are followed until they settle. */
export interface Following {
  /** Settles the call when the result has settled. Returns what to give the caller as the result. Never throws. */
  follow<R>(result: R, call: Call): R;
  /** Makes the collector of a streamed result's pieces. Without it, streams are not followed. */
  collect?(): Pieces;
}

export interface CallOptions {
  /** What to record of the result: true for all of it. Default nothing. */
  readonly output?: boolean | ((result: unknown) => unknown) | undefined;
  /** Whether to end the observation when the call has settled. Default true. */
  readonly endOnExit?: boolean | undefined;
  /** What the function was called with. */
  readonly args?: readonly unknown[];
}

/** How a stream was abandoned before its end. */
export type HowLeft = 'returned' | 'thrown' | 'cancelled' | 'abandoned';

/** One call of a function under an observation. It settles once; later attempts to settle it do nothing. */
export class Call {
  /** The context in which the observation is active. */
  readonly context: Context;
  readonly #observation: Observation;
  readonly #options: CallOptions;
  #settled = false;
  readonly #collect: (() => Pieces) | undefined;
  #chunks: Pieces | undefined;
  #isWhole = false;
  #stopWaiting: (() => void) | undefined;

  /** @param collect see `Following` */
  constructor(observation: Observation, context: Context, options: CallOptions, collect?: () => Pieces) {
    this.#collect = collect;
    this.#observation = observation;
    this.context = context;
    this.#options = options;
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  /** Waits for a reader. @param stop ends the wait; called when reading begins or when the call settles before that */
  waitForReader(stop: () => void): void {
    this.#stopWaiting?.();
    this.#stopWaiting = stop;
  }

  /** A reader has begun to read a streamed result. */
  readingBegan(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }

  /** A piece of a streamed result has reached its reader. */
  chunk(value: unknown): void {
    const span: SdkSpan = this.#observation.otelSpan;
    if (this.#settled || !this.#collect || !span.isRecording()) return;
    if (!this.#chunks) {
      this.#chunks = this.#collect();
      if (attributeOf(span, SpanAttributeKeys.observationCompletionStartTime) === undefined) {
        updateSpan(span, { completionStartTime: new Date() });
      }
    }
    if (this.#options.output) this.#chunks.add(value);
  }

  /** The function has returned a value, or a stream has ended, possibly with a value. */
  returned(value?: unknown): void {
    this.#settle(() => this.#capture(value), value);
  }

  /** The whole answer of a stream has arrived; it is recorded instead of the pieces. */
  answered(value: unknown): void {
    this.#isWhole = value !== undefined;
    this.returned(value);
  }

  /** A stream was abandoned before its end. */
  left(how: HowLeft): void {
    this.#settle((span) => {
      span.setAttribute(SpanAttributeKeys.partial, how);
      this.#capture(undefined);
    });
  }

  /** The function has thrown, or its promise or stream has failed. */
  failed(error: unknown): void {
    this.#settle((span) => {
      this.#capture(undefined);
      recordFailure(span, error, this.#options.args);
    });
  }

  #settle(record: (span: SdkSpan) => void, value?: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.readingBegan();
    const span: SdkSpan = this.#observation.otelSpan;
    try {
      if (span.isRecording()) {
        record(span);
        this.#recordTotals(span, value);
      }
    } catch (error) {
      warnOnce('the outcome of an observed call could not be recorded', error);
    }
    this.#chunks = undefined;
    if (this.#options.endOnExit !== false) this.#observation.end();
  }

  /** Records what a model's answer reports about itself, streamed or whole, unless the application has set it. */
  #recordTotals(span: SdkSpan, value: unknown): void {
    const { type } = this.#observation;
    if (!this.#options.output || (type !== 'generation' && type !== 'embedding')) return;
    // Plain objects only: reading a property of another object may start a stream.
    const { usageDetails, model } = this.#chunks?.totals ?? totalsOf(isPlain(value) ? value : undefined);
    if (attributeOf(span, SpanAttributeKeys.observationUsageDetails) === undefined) updateSpan(span, { usageDetails });
    if (attributeOf(span, SpanAttributeKeys.observationModel) === undefined) updateSpan(span, { model });
  }

  /** Keeps an output that the application has set. */
  #capture(returned: unknown): void {
    const { output } = this.#options;
    const span: SdkSpan = this.#observation.otelSpan;
    const key = SpanAttributeKeys.observationOutput;
    if (!output || attributeOf(span, key) !== undefined) return;
    if (output === true && returned === undefined) {
      const text = this.#chunks?.text();
      if (text !== undefined) span.setAttribute(key, text);
      return;
    }
    const result = this.#chunks && !this.#isWhole ? this.#chunks.result(returned) : returned;
    if (result !== undefined) updateSpan(span, { output: output === true ? result : output(result) });
  }
}

/** Runs a function with the observation active, and settles the call when what it returns has settled. */
export function runActive<R>(
  observation: Observation,
  run: () => R,
  options: CallOptions,
  { follow, collect }: Following,
): R {
  const span = observation.otelSpan;
  // Without a provider there is no span to make active.
  if (span.spanContext().traceId === INVALID_TRACEID) return run();
  const call = new Call(observation, trace.setSpan(context.active(), span), options, collect);
  let result: R;
  try {
    result = context.with(call.context, () => {
      warnWithoutContextManager(span);
      return run();
    });
  } catch (error) {
    call.failed(error);
    throw error;
  }
  return follow(result, call);
}

function warnWithoutContextManager(span: SdkSpan): void {
  const state = sharedState();
  if (state.contextChecked || !span.isRecording()) return;
  state.contextChecked = true;
  if (trace.getActiveSpan() === span) return;
  warnOnce(
    "observations do not know their parents: there is no context manager. Import '@powerrag/exporter/register', or call " +
      'context.setGlobalContextManager(new AsyncLocalStorageContextManager())',
  );
}

let abandoned: FinalizationRegistry<Call> | undefined;

/**
 * Settles the call when the object that should settle it has been garbage collected: with several, the one named last. In a
 * runtime without `FinalizationRegistry`, such a call stays open.
 */
export function whenAbandoned(object: object, call: Call): void {
  if (typeof FinalizationRegistry !== 'function') return;
  abandoned ??= new FinalizationRegistry((left) => left.left('abandoned'));
  abandoned.unregister(call);
  abandoned.register(object, call, call);
}
