import { type Context, context, propagation, type Span, trace } from '@opentelemetry/api';
import { BaggageKeys, PROPAGATED_ATTRIBUTES, type PropagatedAttributes, SpanAttributeKeys } from '@powerrag/protocol';
import { attributeOf, type SdkSpan } from './sdk-span.js';
import { markTraceUpdate, mergeTags, orderOf, toId } from './trace-attributes.js';
import { warnOnce } from './warn.js';

/** A prompt of a prompt store, as it comes from there. */
export interface PropagatedPrompt {
  name: string;
  /** An integer, or its digits. */
  version: number | string;
  /** A fallback prompt is not linked. */
  isFallback?: boolean | undefined;
}

/** What `propagateAttributes` gives to spans. Texts longer than 1,024 characters are cut, with a hash that keeps them distinct. */
export interface PropagateAttributesOptions {
  userId?: string | undefined;
  sessionId?: string | undefined;
  /** Merges by key with that of an enclosing call. */
  metadata?: Record<string, string> | undefined;
  version?: string | undefined;
  /** Added to those of an enclosing call, without duplicates. */
  tags?: string[] | undefined;
  traceName?: string | undefined;
  /** At most 40 of `a-z 0-9 - _`, and not starting with `langfuse`. */
  environment?: string | undefined;
  prompt?: PropagatedPrompt | undefined;
  /**
   * Also put them into W3C baggage, which goes out with every HTTP request of the function, to third parties too. Default false.
   */
  asBaggage?: boolean | undefined;
}

type Values = Record<string, string | number | boolean | string[]>;

const TEXTS = ['userId', 'sessionId', 'version', 'traceName', 'environment'] as const;

const ENVIRONMENT = /^(?!langfuse)[a-z0-9_-]{1,40}$/;

/**
 * Runs `fn` so that the active span and every span that is started in it have these attributes. Returns what `fn` returns. A later
 * update of the trace wins. Values of the wrong kind are left out with a warning.
 */
export function propagateAttributes<R>(attributes: PropagateAttributesOptions, fn: () => R): R {
  let inner = context.active();
  try {
    const span = trace.getActiveSpan();
    const enclosing = inner.getValue(PROPAGATED_ATTRIBUTES) as PropagatedAttributes | undefined;
    const given = valuesOf(attributes, enclosing?.attributes, span);
    const order = orderOf(Object.keys(given));
    if (span?.isRecording()) {
      span.setAttributes(given);
      markTraceUpdate(span, order);
    }
    const propagated: PropagatedAttributes = {
      order: { ...enclosing?.order, ...order },
      attributes: { ...enclosing?.attributes, ...given },
    };
    inner = inner.setValue(PROPAGATED_ATTRIBUTES, propagated);
    if (attributes.asBaggage) inner = withBaggage(inner, given, span);
  } catch (error) {
    warnOnce('propagate', `attributes could not be propagated: ${String(error)}`);
  }
  return context.with(inner, fn);
}

function valuesOf(attributes: PropagateAttributesOptions, enclosing: Values | undefined, span?: SdkSpan): Values {
  const values: Values = {};
  for (const name of TEXTS) {
    const value = attributes[name];
    const text = value === undefined ? undefined : toId(name, value);
    if (text === undefined) continue;
    if (name !== 'environment' || ENVIRONMENT.test(text)) values[SpanAttributeKeys[name]] = text;
    else warnOnce('environment', `environment "${text}" does not match ${ENVIRONMENT} and was ignored.`);
  }
  const tags = attributes.tags;
  if (tags) {
    const present = mergeTags(
      enclosing?.[SpanAttributeKeys.traceTags],
      span && attributeOf(span, SpanAttributeKeys.traceTags),
    );
    values[SpanAttributeKeys.traceTags] = mergeTags(present, tags);
  }
  for (const [key, value] of Object.entries(attributes.metadata ?? {})) {
    const text = toId(`metadata.${key}`, value);
    if (text !== undefined) values[`${SpanAttributeKeys.traceMetadata}.${key}`] = text;
  }
  const prompt = attributes.prompt;
  if (prompt && !prompt.isFallback) {
    const name = toId('prompt.name', prompt.name);
    const version = Number(prompt.version);
    if (name !== undefined && Number.isInteger(version)) {
      values[SpanAttributeKeys.observationPromptName] = name;
      values[SpanAttributeKeys.observationPromptVersion] = version;
    }
  }
  return values;
}

function withBaggage(inner: Context, values: Values, span: Span | undefined): Context {
  let baggage = propagation.getBaggage(inner) ?? propagation.createBaggage();
  const put = (entry: string, value: unknown) => {
    if (value !== undefined) baggage = baggage.setEntry(entry, { value: String(value) });
  };
  for (const name of TEXTS) put(BaggageKeys[name], values[SpanAttributeKeys[name]]);
  put(BaggageKeys.tags, values[SpanAttributeKeys.traceTags]);
  put(BaggageKeys.promptName, values[SpanAttributeKeys.observationPromptName]);
  put(BaggageKeys.promptVersion, values[SpanAttributeKeys.observationPromptVersion]);
  const metadata = `${SpanAttributeKeys.traceMetadata}.`;
  for (const key of Object.keys(values)) {
    if (key.startsWith(metadata)) put(`${BaggageKeys.metadata}_${key.slice(metadata.length)}`, values[key]);
  }
  put(BaggageKeys.traceId, span?.spanContext().traceId);
  return propagation.setBaggage(inner, baggage);
}
