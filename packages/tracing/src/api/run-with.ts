import { type Attributes, type Context, context, type Span, trace } from '@opentelemetry/api';
import { PROPAGATED_ATTRIBUTES, type PropagatedAttributes } from '@powerrag/protocol';
import type { AttributeSink, SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import { warnOnce } from '../base/warn.js';
import { applyTraceUpdate, collect, nextOrder } from '../record/trace-attributes.js';

/** What the caller gets for the result of a function that ran in that context. */
export type Followed<R> = (result: R, inner: Context) => R;

/**
 * Runs `fn` so that the active span and every span that starts in it get attributes of their trace. Never throws anything but what `fn` throws.
 * @param write writes the attributes. It sees those that are there already
 * @param extend puts more into the context in which `fn` runs
 */
export function runWith<R>(
  write: (sink: AttributeSink) => void,
  fn: () => R,
  followed: Followed<R>,
  extend?: (inner: Context, given: Attributes, span: Span | undefined) => Context,
): R {
  let inner = context.active();
  try {
    const span: SdkSpan | undefined = trace.getActiveSpan();
    const enclosing = inner.getValue(PROPAGATED_ATTRIBUTES) as PropagatedAttributes | undefined;
    const present = { ...enclosing?.attributes, ...span?.attributes };
    const given = collect((sink) => {
      write(sink);
      sharedState().alsoWrite?.(sink, {});
    }, present);
    const order = nextOrder(given);
    if (span?.isRecording()) applyTraceUpdate(span, given, order);
    inner = inner.setValue(PROPAGATED_ATTRIBUTES, {
      order: { ...enclosing?.order, ...order },
      attributes: { ...enclosing?.attributes, ...given },
    } as PropagatedAttributes);
    if (extend) inner = extend(inner, given, span);
  } catch (error) {
    warnOnce('attributes could not be propagated', error);
  }
  let isActive = false;
  const result = context.with(inner, () => {
    isActive = context.active() === inner;
    return fn();
  });
  return isActive ? followed(result, inner) : result;
}
