import type { AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace-base';
import { type PropagatedAttributes, TRACE_UPDATE_ORDER, type TraceUpdateOrder } from '@powerrag/protocol';
import { isTraceKey, SHARED_KEYS, TRACE_KEYS } from './trace-keys.js';

/** The trace attributes of one span: what its author set by hand, and what it was given because of its trace. */
interface OpenSpan {
  readonly span: ReadableSpan;
  readonly trace: LiveTrace;
  readonly isLocalRoot: boolean;
  /** Its neighbours among the open spans of its trace. */
  previous: OpenSpan | undefined;
  next: OpenSpan | undefined;
  /** Its neighbours among all open spans that are watched. */
  older: OpenSpan | undefined;
  newer: OpenSpan | undefined;
  isWatched: boolean;
  /** Values set by hand, as last seen. */
  seen: Map<string, AttributeValue> | undefined;
}

/** What a span that has ended leaves behind for its encoding. */
export interface EndedSpan {
  readonly trace: LiveTrace;
  /** Attributes that are the trace's, not the span's own: they are appended when the span leaves. */
  readonly inherited: ReadonlyMap<string, AttributeValue> | undefined;
  /** Trace attributes that were set on this very span and therefore stay. */
  readonly own: ReadonlySet<string> | undefined;
}

/**
 * What a trace hands on at most. Its metadata may have ever new keys, each span is given all of them, and an SDK span takes 128
 * attributes unless told otherwise. Where it was set, a key stays in any case.
 */
const MAX_VALUES = 80;
const NO_VALUES: ReadonlyMap<string, AttributeValue> = new Map();

/** A trace that has spans open or queued in this process. */
export class LiveTrace {
  readonly id: string;
  /** The first of its open spans, each of which knows the next: most traces have few, and a set for each is felt. */
  firstOpen: OpenSpan | undefined;
  #lastOpen: OpenSpan | undefined;
  /** How many of its spans are open. */
  open = 0;
  /** How many of its spans have ended and are still in the queue. */
  queued = 0;
  /** Made with the first value. */
  #values: Map<string, AttributeValue> | undefined;
  #orders: Map<string, number> | undefined;
  #latestOrder = 0;

  constructor(id: string) {
    this.id = id;
  }

  get size(): number {
    return this.#values?.size ?? 0;
  }

  /** The values that spans of the trace inherit. */
  get values(): ReadonlyMap<string, AttributeValue> {
    return this.#values ?? NO_VALUES;
  }

  valueOf(key: string): AttributeValue | undefined {
    return this.#values?.get(key);
  }

  opened(span: OpenSpan): void {
    span.previous = this.#lastOpen;
    if (this.#lastOpen) this.#lastOpen.next = span;
    else this.firstOpen = span;
    this.#lastOpen = span;
    this.open += 1;
  }

  /** @param span one that was opened and is not closed yet. */
  closed(span: OpenSpan): void {
    const { next, previous } = span;
    if (previous) previous.next = next;
    else this.firstOpen = next;
    if (next) next.previous = previous;
    else this.#lastOpen = previous;
    span.previous = undefined;
    span.next = undefined;
    this.open -= 1;
  }

  /** Whether a trace update of that order is later than what is known for the key. */
  isLater(key: string, order: number): boolean {
    return order > (this.#orders?.get(key) ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * Takes a value that was seen for the first time. It stands unless a later one is known, or there is no room for its key.
   * @param order of the trace update that set it; without one, it is later than all that was seen so far.
   */
  offer(key: string, value: AttributeValue, order: number = this.#latestOrder): void {
    if (this.size >= MAX_VALUES && this.valueOf(key) === undefined) return;
    if (order > this.#latestOrder) this.#latestOrder = order;
    this.#values ??= new Map();
    this.#orders ??= new Map();
    if ((this.#orders.get(key) ?? Number.NEGATIVE_INFINITY) > order) return;
    this.#values.set(key, value);
    this.#orders.set(key, order);
  }
}

/** What the context says in which a span starts. */
export interface StartContext {
  /** From another service: for the whole trace, as long as nobody here says otherwise. */
  readonly inherited?: ReadonlyMap<string, AttributeValue> | undefined;
  /** From a scope in this process: for each span that starts in it. */
  readonly propagated?: PropagatedAttributes | undefined;
}

export interface LiveTracesOptions {
  /** How many open spans are watched at most. Beyond it the oldest are let go; what they said until then is kept. Default 10,000. */
  readonly maxOpenSpans?: number;
  /** How many finished traces are remembered for spans that come later. Default 1,000. */
  readonly maxRemembered?: number;
}

/** A span, under the key of one who watches it. */
interface Carrier {
  [key: symbol]: OpenSpan | undefined;
}

/** Under it a span carries what it was given, so that one processor does not take for set by hand what another gave. */
const GIVEN: unique symbol = Symbol.for('powerrag.given-attributes');

/** A span, under the key of all. */
interface Receiver {
  [GIVEN]?: Map<string, AttributeValue>;
}

interface Updated {
  readonly [TRACE_UPDATE_ORDER]?: TraceUpdateOrder;
}

/** A trace with more open spans than this is not searched whole at each start of a span; only parent and root are. */
const SEARCH_AT_START = 16;

/**
 * Knows the traces that have spans open or queued in this process, and the attributes that belong to each trace as a whole,
 * whichever of its spans they were set on.
 */
export class LiveTraces {
  readonly #traces = new Map<string, LiveTrace>();
  /**
   * Under it each open span carries what is known of it, so that a span which never ends is held by nothing of ours. A `WeakMap`
   * would do the same, at a cost that is felt with each span and each garbage collection.
   */
  readonly #key = Symbol('powerrag.open-span');
  #watched = 0;
  #oldest: OpenSpan | undefined;
  #newest: OpenSpan | undefined;
  /** Finished traces that had attributes, oldest first. */
  readonly #remembered = new Map<string, LiveTrace>();
  readonly #maxOpenSpans: number;
  readonly #maxRemembered: number;

  constructor(options: LiveTracesOptions = {}) {
    this.#maxOpenSpans = options.maxOpenSpans ?? 10_000;
    this.#maxRemembered = options.maxRemembered ?? 1_000;
  }

  /** How much is held, for statistics and tests. */
  get sizes(): { readonly traces: number; readonly openSpans: number; readonly remembered: number } {
    return { traces: this.#traces.size, openSpans: this.#watched, remembered: this.#remembered.size };
  }

  /** The trace of that id, if it is live or remembered. With its open spans' attributes as they are now. */
  find(traceId: string): LiveTrace | undefined {
    const trace = this.#traces.get(traceId);
    if (trace) this.refresh(trace);
    return trace ?? this.#remembered.get(traceId);
  }

  /** Watches a span that has just started, and puts the attributes of its context and of its trace on it. */
  started(span: Span, { inherited, propagated }: StartContext = {}): void {
    if (propagated) begin(span, propagated);
    const trace = this.#traceOf(span.spanContext().traceId);
    const parent = span.parentSpanContext;
    const open = createOpenSpan(span, trace);
    if (inherited)
      for (const [key, value] of inherited) if (trace.valueOf(key) === undefined) trace.offer(key, value, 0);
    this.#readBeforeStart(trace, parent?.spanId);
    this.#watch(open);
    this.#carry(span, open);
    read(open);
    give(span, open);
    if (this.#watched > this.#maxOpenSpans) this.#letGoOldest();
  }

  /** The last moment at which the span can be written to. */
  ending(span: Span): void {
    const open = this.#carried(span);
    // With nothing to give, what the span says itself is read soon enough when it has ended.
    if (!open || open.trace.size === 0) return;
    read(open);
    give(span, open);
  }

  /** The span has ended. Its trace is held until `left` has been called for it. */
  ended(span: ReadableSpan): EndedSpan {
    const open = this.#carried(span) ?? this.#stranger(span);
    read(open);
    const { trace } = open;
    if (open.isWatched) this.#unwatch(open);
    this.#carry(span, undefined);
    trace.queued += 1;
    return { trace, inherited: givenTo(span), own: ownKeys(open) };
  }

  /** A span of the trace has left the queue, whatever became of it. */
  left(trace: LiveTrace): void {
    trace.queued -= 1;
    this.#forgetIfIdle(trace);
  }

  /** Reads the trace attributes of the trace's open spans as they are now. */
  refresh(trace: LiveTrace): void {
    for (let open = trace.firstOpen; open; open = open.next) read(open);
  }

  #carry(span: object, open: OpenSpan | undefined): void {
    (span as Carrier)[this.#key] = open;
  }

  #carried(span: object): OpenSpan | undefined {
    return (span as Carrier)[this.#key];
  }

  #traceOf(traceId: string): LiveTrace {
    const known = this.#traces.get(traceId);
    if (known) return known;
    const trace = this.#remembered.get(traceId) ?? new LiveTrace(traceId);
    this.#remembered.delete(traceId);
    this.#traces.set(traceId, trace);
    return trace;
  }

  /** A span whose start was not seen. */
  #stranger(span: ReadableSpan): OpenSpan {
    return createOpenSpan(span, this.#traceOf(span.spanContext().traceId));
  }

  #readBeforeStart(trace: LiveTrace, parentId: string | undefined): void {
    const searchAll = trace.open <= SEARCH_AT_START;
    for (let open = trace.firstOpen; open; open = open.next) {
      if (searchAll || open.isLocalRoot) readQuickly(open);
      if (!searchAll && open.isLocalRoot) break;
    }
    if (searchAll || parentId === undefined) return;
    for (let open = trace.firstOpen; open; open = open.next) {
      if (open.span.spanContext().spanId === parentId) {
        readQuickly(open);
        return;
      }
    }
  }

  #watch(open: OpenSpan): void {
    open.trace.opened(open);
    open.isWatched = true;
    open.older = this.#newest;
    if (this.#newest) this.#newest.newer = open;
    else this.#oldest = open;
    this.#newest = open;
    this.#watched += 1;
  }

  #unwatch(open: OpenSpan): void {
    const { newer, older } = open;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    open.older = undefined;
    open.newer = undefined;
    open.isWatched = false;
    this.#watched -= 1;
    open.trace.closed(open);
  }

  #letGoOldest(): void {
    const open = this.#oldest;
    if (!open) return;
    read(open);
    this.#unwatch(open);
    this.#forgetIfIdle(open.trace);
  }

  #forgetIfIdle(trace: LiveTrace): void {
    if (trace.queued > 0 || trace.open > 0 || this.#traces.get(trace.id) !== trace) return;
    this.#traces.delete(trace.id);
    if (trace.size === 0) return;
    this.#remembered.set(trace.id, trace);
    if (this.#remembered.size <= this.#maxRemembered) return;
    for (const id of this.#remembered.keys()) {
      this.#remembered.delete(id);
      return;
    }
  }
}

function createOpenSpan(span: ReadableSpan, trace: LiveTrace): OpenSpan {
  const parent = span.parentSpanContext;
  return {
    span,
    trace,
    isLocalRoot: parent === undefined || parent.isRemote === true,
    previous: undefined,
    next: undefined,
    older: undefined,
    newer: undefined,
    isWatched: false,
    seen: undefined,
  };
}

/** What the tracing package does for its own spans, for those of other instrumentation. */
function begin(span: Span, { attributes, order }: PropagatedAttributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (span.attributes[key] === undefined) span.setAttribute(key, value);
  }
  if (updateOrder(span) === undefined) Object.assign(span, { [TRACE_UPDATE_ORDER]: order });
}

/** The order of the span's trace updates by key, if it had any. */
function updateOrder(span: ReadableSpan & Updated): TraceUpdateOrder | undefined {
  return span[TRACE_UPDATE_ORDER];
}

/** Values that a processor of ours put on the span. As long as the span still has them, they are inherited and follow the trace. */
function givenTo(span: ReadableSpan & Receiver): Map<string, AttributeValue> | undefined {
  return span[GIVEN];
}

function read(open: OpenSpan): void {
  const { attributes } = open.span;
  const order = updateOrder(open.span);
  for (const key in attributes) if (isTraceKey(key)) sight(open, key, attributes[key], order?.[key]);
}

/** As `read`, without the metadata, whose keys cannot be looked up. */
function readQuickly(open: OpenSpan): void {
  const { attributes } = open.span;
  const order = updateOrder(open.span);
  for (const key of TRACE_KEYS) {
    const value = attributes[key];
    if (value !== undefined) sight(open, key, value, order?.[key]);
  }
}

function sight(open: OpenSpan, key: string, value: AttributeValue | undefined, order: number | undefined): void {
  if (value === undefined) return;
  const isKnown = givenTo(open.span)?.get(key) === value || open.seen?.get(key) === value;
  // The same value again, but by a later trace update than that of another span.
  if (isKnown && (order === undefined || !open.trace.isLater(key, order))) return;
  givenTo(open.span)?.delete(key);
  if (!open.seen) open.seen = new Map();
  open.seen.set(key, value);
  if (order === undefined && !open.isLocalRoot && SHARED_KEYS.has(key)) return;
  open.trace.offer(key, value, order);
}

/** Puts the trace's attributes on the span, except where it has its own. */
function give(span: Span, open: OpenSpan): void {
  const { trace } = open;
  if (trace.size === 0) return;
  let given = givenTo(span);
  for (const [key, value] of trace.values) {
    const present = span.attributes[key];
    if (present === value || (present !== undefined && given?.get(key) !== present)) continue;
    span.setAttribute(key, value);
    // Read back: the SDK may have copied or cut the value.
    const put = span.attributes[key];
    if (put === undefined) continue;
    if (!given) given = (span as Receiver)[GIVEN] = new Map();
    given.set(key, put);
  }
}

function ownKeys(open: OpenSpan): Set<string> | undefined {
  let own: Set<string> | undefined;
  if (!open.seen) return undefined;
  const given = givenTo(open.span);
  for (const key of open.seen.keys()) {
    if (given?.get(key) === open.span.attributes[key]) continue;
    if (!own) own = new Set();
    own.add(key);
  }
  return own;
}
