import { diag } from '@opentelemetry/api';
import { GenAiAttributeKeys, SpanAttributeKeys, TRACE_UPDATE_ORDER, type TraceUpdateOrder } from '@powerrag/protocol';
import { type AttributeSink, writeMetadata, writeText } from './attributes.js';
import { attributeOf, type SdkSpan } from './sdk-span.js';
import { sharedState } from './shared-state.js';
import { cut, snapshot } from './snapshot.js';
import type { TraceAttributes } from './types.js';
import { warnOnce } from './warn.js';

/** The longest session or user id that is kept whole, in UTF-16 code units. */
const MAX_ID_LENGTH = 1_024;

const PLAIN: Readonly<Record<string, string>> = {
  name: SpanAttributeKeys.traceName,
  version: SpanAttributeKeys.version,
  release: SpanAttributeKeys.release,
  environment: SpanAttributeKeys.environment,
  input: SpanAttributeKeys.traceInput,
  output: SpanAttributeKeys.traceOutput,
};

/** Updates the trace of a span through that span; never throws. */
export function updateTraceOf(span: SdkSpan, attributes: TraceAttributes): void {
  if (!span.isRecording()) {
    if (span.ended) {
      warnOnce('ended', 'a trace update through an observation that has ended is lost. Make it before end().');
      diag.debug('PowerRAG: a trace update after end() is ignored.');
    }
    return;
  }
  const set: string[] = [];
  const sink: AttributeSink = {
    setAttribute(key, value) {
      set.push(key);
      span.setAttribute(key, value);
    },
  };
  writeTrace(sink, attributes, attributeOf(span, SpanAttributeKeys.traceTags));
  markTraceUpdate(span, orderOf(set));
}

/** The next place in the order of trace updates, for each key that the update sets. */
export function orderOf(keys: readonly string[]): TraceUpdateOrder {
  const state = sharedState();
  state.traceUpdates += 1;
  return Object.fromEntries(keys.map((key) => [key, state.traceUpdates]));
}

/** Lets a span processor know which attributes of the span come from a trace update, and from which. */
export function markTraceUpdate(span: SdkSpan, order: TraceUpdateOrder): void {
  try {
    span[TRACE_UPDATE_ORDER] = { ...span[TRACE_UPDATE_ORDER], ...order };
  } catch {
    // On a span that takes no mark, values count by when the processor sees them.
  }
}

/** @param tags that are there already */
export function writeTrace(sink: AttributeSink, attributes: TraceAttributes, tags?: unknown): void {
  try {
    for (const name in attributes) {
      const value = attributes[name as keyof TraceAttributes];
      if (name === 'sessionId' || name === 'userId') writeId(sink, name, value);
      else if (value === undefined || value === null) continue;
      else if (Object.hasOwn(PLAIN, name)) writeText(sink, PLAIN[name], value);
      else if (name === 'metadata') writeMetadata(sink, SpanAttributeKeys.traceMetadata, value);
      else if (name === 'tags') sink.setAttribute(SpanAttributeKeys.traceTags, mergeTags(tags, value));
      else if (name === 'public') sink.setAttribute(SpanAttributeKeys.tracePublic, Boolean(value));
    }
  } catch (error) {
    warnOnce('trace-attributes', `a trace's attributes could not be read: ${snapshot(error)}`);
  }
}

function writeId(sink: AttributeSink, name: 'sessionId' | 'userId', value: unknown): void {
  const id = toId(name, value);
  if (id === undefined) return;
  sink.setAttribute(SpanAttributeKeys[name], id);
  if (name === 'sessionId' && sharedState().options.genAiAttributes) {
    sink.setAttribute(GenAiAttributeKeys.conversationId, id);
  }
}

/** An id as it is recorded; `undefined`, with a warning, for what is none. */
export function toId(name: string, value: unknown): string | undefined {
  const id = typeof value === 'bigint' || Number.isFinite(value) ? String(value) : value;
  if (typeof id !== 'string' || id === '') {
    warnOnce(
      `no-${name}`,
      `${name} is ${id === '' ? 'empty' : `of type ${typeof id}`} and was ignored. Give a string.`,
    );
    return undefined;
  }
  if (id.length <= MAX_ID_LENGTH) return snapshot(id);
  warnOnce(`long-${name}`, `${name} is longer than ${MAX_ID_LENGTH} characters and was cut; a hash keeps it distinct.`);
  return snapshot(`${cut(id, MAX_ID_LENGTH - 17)}~${hash(id)}`);
}

/** Tags in the order in which they first came, each once. */
export function mergeTags(present: unknown, added: unknown): string[] {
  const tags = new Set<string>(Array.isArray(present) ? present : []);
  for (const tag of Array.isArray(added) ? added : [added]) {
    const text = snapshot(tag);
    if (text) tags.add(text);
  }
  return [...tags];
}

/** 64 bits of FNV-1a with two multipliers, as 16 hex digits: enough to tell ids apart, no protection against an attacker. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
