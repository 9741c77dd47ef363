import { type Attributes, type Context, propagation, type Span } from '@opentelemetry/api';
import { BaggageKeys, SpanAttributeKeys } from '@powerrag/protocol';
import { ownValue } from '../base/inert.js';
import { toId } from '../base/recorded-id.js';
import type { AttributeSink } from '../base/sdk-span.js';
import { warnOnce } from '../base/warn.js';
import { writePrompt } from '../record/attributes.js';
import { writeTags } from '../record/trace-attributes.js';
import { followWithin } from './follow-within.js';
import { type Followed, runWith } from './run-with.js';

/** A prompt as a prompt store returns it. */
export interface PropagatedPrompt {
  /** Its name in the store. */
  name: string;
  /** An integer, or its digits. */
  version: number | string;
  /** A fallback prompt is not linked. */
  isFallback?: boolean | undefined;
}

/**
 * What `propagateAttributes` sets on spans. A text longer than 1,024 UTF-16 code units is cut, with a hash that keeps it distinct;
 * a number is recorded as its digits. A field that is `undefined` changes nothing.
 */
export interface PropagateAttributesOptions {
  /** The user that the traces belong to. */
  userId?: string | undefined;
  /** The session (conversation) that the traces belong to. */
  sessionId?: string | undefined;
  /** Merged by key with the metadata of an enclosing call. */
  metadata?: Record<string, string> | undefined;
  /** Version of the application, or of the part that does the work. */
  version?: string | undefined;
  /** Added to the tags of an enclosing call, without duplicates. */
  tags?: string[] | undefined;
  /** The name of the traces. */
  traceName?: string | undefined;
  /** At most 40 characters of `a-z 0-9 - _`, not starting with `langfuse`. */
  environment?: string | undefined;
  /** The prompt that the generations use. */
  prompt?: PropagatedPrompt | undefined;
  /**
   * Also put the attributes into W3C baggage, which is sent with every HTTP request of the function, also to third parties. Default false.
   */
  asBaggage?: boolean | undefined;
}

const METADATA = `${SpanAttributeKeys.traceMetadata}.`;

const TEXTS = ['userId', 'sessionId', 'version', 'traceName', 'environment'] as const;

const ENVIRONMENT = /^(?!langfuse)[a-z0-9_-]{1,40}$/;

/**
 * Sets these attributes on the active span and on every span that starts in `fn`, including spans that start while a generator, stream or
 * promise returned by `fn` is read. Returns what `fn` returns. A later update of the trace wins. Values of the wrong type are left out with
 * a warning.
 */
export function propagateAttributes<R>(attributes: PropagateAttributesOptions, fn: () => R): R {
  return propagate(attributes, fn, followWithin);
}

/** `propagateAttributes`, with the result followed in the given way. */
export function propagate<R>(attributes: PropagateAttributesOptions, fn: () => R, followed: Followed<R>): R {
  return runWith(
    (sink) => write(sink, attributes),
    fn,
    followed,
    (inner, given, span) => (attributes.asBaggage ? withBaggage(inner, given, span) : inner),
  );
}

function write(sink: AttributeSink, { metadata, tags, prompt, ...rest }: PropagateAttributesOptions): void {
  for (const name of TEXTS) {
    const text = rest[name] === undefined ? undefined : toId(name, rest[name]);
    if (text === undefined) continue;
    if (name !== 'environment' || ENVIRONMENT.test(text)) sink.setAttribute(SpanAttributeKeys[name], text);
    else warnOnce(`environment "${text}" does not match ${ENVIRONMENT} and was ignored`, undefined, 'environment form');
  }
  writeTags(sink, tags);
  for (const key of Object.keys(metadata ?? {})) {
    const text = toId(`metadata.${key}`, ownValue(Object(metadata), key), 'metadata');
    if (text !== undefined) sink.setAttribute(METADATA + key, text);
  }
  writePrompt(sink, prompt);
}

function withBaggage(inner: Context, given: Attributes, span: Span | undefined): Context {
  let baggage = propagation.getBaggage(inner) ?? propagation.createBaggage();
  const put = (entry: string, value: unknown) => {
    if (value !== undefined) baggage = baggage.setEntry(entry, { value: String(value) });
  };
  for (const name of TEXTS) put(BaggageKeys[name], given[SpanAttributeKeys[name]]);
  put(BaggageKeys.tags, given[SpanAttributeKeys.traceTags]);
  put(BaggageKeys.promptName, given[SpanAttributeKeys.observationPromptName]);
  put(BaggageKeys.promptVersion, given[SpanAttributeKeys.observationPromptVersion]);
  for (const key in given) {
    if (key.startsWith(METADATA)) put(`${BaggageKeys.metadata}_${key.slice(METADATA.length)}`, given[key]);
  }
  put(BaggageKeys.traceId, span?.spanContext().traceId);
  return propagation.setBaggage(inner, baggage);
}
