import { type Context, context, INVALID_SPAN_CONTEXT, trace } from '@opentelemetry/api';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { attributeOf, type SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import type { GenerationAttributes } from '../base/types.js';
import { warnOnce } from '../base/warn.js';
import { recordFailure } from '../record/failure.js';
import type { TypedSpan } from '../record/span.js';
import { recordText } from '../record/write.js';
import { type Totals, totalsOf } from './totals.js';

/** How the results of calls are followed until they settle. */
export interface Following<C extends Call> {
  /** Settles the call when the result has settled. Returns what to give the caller as the result. Never throws. */
  follow<R>(result: R, call: C): R;
  readonly Call: new (observation: TypedSpan, within: Context, options: CallOptions) => C;
}

export interface CallOptions {
  /** What to record of the result: true for all of it. Default nothing. */
  readonly output?: boolean | ((result: unknown) => unknown) | undefined;
  /** Whether to end the observation when the call has settled. Default true. */
  readonly endOnExit?: boolean | undefined;
  /** What the function was called with. */
  readonly args?: readonly unknown[];
}

/** One call of a function under an observation. It settles once; later attempts to settle it do nothing. */
export class Call {
  /** The context in which the observation is active. */
  readonly context: Context;
  protected readonly span: SdkSpan;
  protected readonly options: CallOptions;
  readonly #observation: TypedSpan;
  isSettled = false;

  constructor(observation: TypedSpan, within: Context, options: CallOptions) {
    this.context = within;
    this.span = observation.otelSpan;
    this.options = options;
    this.#observation = observation;
  }

  /** The function has returned a value, or a stream has ended, possibly with a value. */
  returned(value?: unknown): void {
    this.settle(value);
  }

  /** The function has thrown, or its promise or stream has failed. */
  failed(error: unknown): void {
    this.settle(undefined, () => recordFailure(this.span, error, this.options.args));
  }

  /** Records the outcome and ends the observation. @param record records something besides the output */
  protected settle(value?: unknown, record?: () => void): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const { output, endOnExit } = this.options;
    try {
      if (this.span.isRecording()) {
        // Keep an output that the application has set.
        if (output && !this.#has(SpanAttributeKeys.observationOutput)) this.recordOutput(output, value);
        record?.();
        this.recordRest(value);
      }
    } catch (error) {
      warnOnce('the outcome of an observed call could not be recorded', error);
    }
    if (endOnExit !== false) this.#observation.end();
  }

  protected recordOutput(output: true | ((result: unknown) => unknown), value: unknown): void {
    if (value === undefined) return;
    recordText(this.span, SpanAttributeKeys.observationOutput, output === true ? value : output(value));
  }

  /** What a model's answer reports about itself. */
  protected totals(value: unknown): Totals {
    return totalsOf(value);
  }

  /** Records what a model's answer reports about itself, streamed or whole, unless the application has set it. */
  protected recordRest(value: unknown): void {
    const { type } = this.#observation;
    if (!this.options.output || (type !== 'generation' && type !== 'embedding')) return;
    const { usageDetails, model } = this.totals(value);
    const told: GenerationAttributes = {
      usageDetails: this.#has(SpanAttributeKeys.observationUsageDetails) ? undefined : usageDetails,
      model: this.#has(SpanAttributeKeys.observationModel) ? undefined : model,
    };
    recordText(this.span, SpanAttributeKeys.observationUsageDetails, told.usageDetails);
    recordText(this.span, SpanAttributeKeys.observationModel, told.model);
    sharedState().alsoWrite?.(this.span, told);
  }

  #has(key: string): boolean {
    return attributeOf(this.span, key) !== undefined;
  }
}

/** Runs a function with the observation active, and settles the call when what it returns has settled. */
export function runActive<R, C extends Call>(
  observation: TypedSpan,
  run: () => R,
  options: CallOptions,
  following: Following<C>,
): R {
  const span = observation.otelSpan;
  // Without a provider there is no span to make active.
  if (span.spanContext().traceId === INVALID_SPAN_CONTEXT.traceId) return run();
  const call = new following.Call(observation, trace.setSpan(context.active(), span), options);
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
  return following.follow(result, call);
}

function warnWithoutContextManager(span: SdkSpan): void {
  const state = sharedState();
  if (state.contextChecked || !span.isRecording()) return;
  state.contextChecked = true;
  if (trace.getActiveSpan() === span) return;
  warnOnce(
    "observations do not know their parents: there is no context manager. Import '@powerrag/exporter/register', " +
      'or call context.setGlobalContextManager()',
  );
}
