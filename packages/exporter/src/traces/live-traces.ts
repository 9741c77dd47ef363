import type { AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace-base';
import type { PropagatedAttributes } from '@powerrag/protocol';
import { createOpenSpan, LiveTrace, type OpenSpan } from './live-trace.js';
import {
  applyScope,
  givenAttributes,
  giveTraceAttributes,
  ownKeys,
  readFixedTraceAttributes,
  readTraceAttributes,
} from './span-attributes.js';
import { sizeOf } from './span-size.js';

/** What the encoder needs to know about the trace attributes of a span that has ended. */
export interface EndedSpan {
  readonly trace: LiveTrace;
  /** Attributes copied from the trace. The encoder leaves them out; the trace's latest values are appended when a batch is built. */
  readonly given: ReadonlyMap<string, AttributeValue> | undefined;
  /** Keys of the trace attributes that the application set on this very span. They stay as they are. */
  readonly own: ReadonlySet<string> | undefined;
}

/** Trace attributes in the context in which a span starts. */
export interface StartContext {
  /** From the service that called this one. They count for the whole trace until something in this process sets another value. */
  readonly remote?: ReadonlyMap<string, AttributeValue> | undefined;
  /** From a scope in this process. They count for each span that starts in it. */
  readonly scope?: PropagatedAttributes | undefined;
}

export interface LiveTracesOptions {
  /** Most open spans to watch. Above it, the oldest is read once more and no longer watched. Default 10,000. */
  readonly maxOpenSpans?: number;
  /** Most bytes of texts in watched open spans. Above it, the oldest are read once more and no longer watched. Default 32 MiB. */
  readonly maxOpenBytes?: number;
  /** Called for each span that is no longer watched although it is open. */
  readonly onUnwatched?: () => void;
  /** Most finished traces to remember for spans that come later. Default 1,000. */
  readonly maxRemembered?: number;
}

/** A span, with what one registry knows of it. */
interface WithOpenSpan {
  [key: symbol]: OpenSpan | undefined;
}

/** In a trace with more open spans than this, the start of a span reads only the local root and the parent. */
const MAX_READ_AT_START = 16;
/** With fewer open spans, what is set on them late is not measured: it costs time at each start. */
const MIN_MEASURED_AGAIN = 64;

/**
 * The registry of the traces that have open or queued spans in this process. It collects the trace attributes of each trace from
 * all its spans and gives them to all its spans.
 */
export class LiveTraces {
  readonly #traces = new Map<string, LiveTrace>();
  /**
   * Key under which each open span keeps its `OpenSpan`, so that a span which never ends can still be garbage collected. A
   * `WeakMap` would also work, but costs measurable time per span and per garbage collection.
   */
  readonly #key = Symbol('powerrag.open-span');
  #watched = 0;
  /** Bytes of the watched spans, as last measured. */
  #watchedBytes = 0;
  /** The watched span to measure next. */
  #measured: OpenSpan | undefined;
  #oldest: OpenSpan | undefined;
  #newest: OpenSpan | undefined;
  /** Finished traces that had attributes, oldest first. */
  readonly #remembered = new Map<string, LiveTrace>();
  readonly #maxOpenSpans: number;
  readonly #maxRemembered: number;
  readonly #maxOpenBytes: number;
  readonly #onUnwatched: () => void;

  constructor(options: LiveTracesOptions = {}) {
    this.#maxOpenSpans = options.maxOpenSpans ?? 10_000;
    this.#maxRemembered = options.maxRemembered ?? 1_000;
    this.#maxOpenBytes = options.maxOpenBytes ?? 32 * 1024 * 1024;
    this.#onUnwatched = options.onUnwatched ?? (() => {});
  }

  /** How much is held. */
  get sizes(): {
    readonly traces: number;
    readonly openSpans: number;
    readonly openBytes: number;
    readonly remembered: number;
  } {
    return {
      openBytes: this.#watchedBytes,
      traces: this.#traces.size,
      openSpans: this.#watched,
      remembered: this.#remembered.size,
    };
  }

  /** The live or remembered trace with this id. Reads the open spans of a live one first. */
  find(traceId: string): LiveTrace | undefined {
    const trace = this.#traces.get(traceId);
    if (trace) this.refresh(trace);
    return trace ?? this.#remembered.get(traceId);
  }

  /** Watches a span that has just started and gives it the attributes of its context and its trace. */
  started(span: Span, { remote, scope }: StartContext = {}): void {
    if (scope) applyScope(span, scope);
    const trace = this.#traceOf(span.spanContext().traceId);
    const parent = span.parentSpanContext;
    const open = createOpenSpan(span, trace);
    if (remote) for (const [key, value] of remote) if (trace.get(key) === undefined) trace.offer(key, value, 0);
    this.#readRelatives(trace, parent?.spanId);
    this.#watch(open);
    this.#attach(span, open);
    readTraceAttributes(open);
    giveTraceAttributes(span, open);
    this.#measureSome(open);
    if (this.#watched > this.#maxOpenSpans) this.#unwatchOldest();
    while (this.#watchedBytes > this.#maxOpenBytes && this.#oldest !== open) this.#unwatchOldest();
  }

  /** Call this at the last moment at which attributes can be set on the span. */
  ending(span: Span): void {
    const open = this.#openSpanOf(span);
    // With nothing to give, `ended` is soon enough to read the span.
    if (!open || open.trace.size === 0) return;
    readTraceAttributes(open);
    giveTraceAttributes(span, open);
  }

  /** Call this when the span has ended. Its trace stays live until `left` is called for it. */
  ended(span: ReadableSpan): EndedSpan {
    const open = this.#openSpanOf(span) ?? this.#unseenSpan(span);
    readTraceAttributes(open);
    const { trace } = open;
    if (open.isWatched) this.#unwatch(open);
    this.#attach(span, undefined);
    trace.queued += 1;
    return { trace, given: givenAttributes(span), own: ownKeys(open) };
  }

  /** Call this when a span of the trace has left the queue, whether it was sent or dropped. */
  left(trace: LiveTrace): void {
    trace.queued -= 1;
    this.#forgetIfIdle(trace);
  }

  /** Reads the trace attributes that the trace's open spans have now. */
  refresh(trace: LiveTrace): void {
    for (let open = trace.firstOpen; open; open = open.next) readTraceAttributes(open);
  }

  #attach(span: object, open: OpenSpan | undefined): void {
    (span as WithOpenSpan)[this.#key] = open;
  }

  #openSpanOf(span: object): OpenSpan | undefined {
    return (span as WithOpenSpan)[this.#key];
  }

  #traceOf(traceId: string): LiveTrace {
    const known = this.#traces.get(traceId);
    if (known) return known;
    const trace = this.#remembered.get(traceId) ?? new LiveTrace(traceId);
    this.#remembered.delete(traceId);
    this.#traces.set(traceId, trace);
    return trace;
  }

  /** For a span whose start was not reported to this registry. */
  #unseenSpan(span: ReadableSpan): OpenSpan {
    return createOpenSpan(span, this.#traceOf(span.spanContext().traceId));
  }

  #readRelatives(trace: LiveTrace, parentId: string | undefined): void {
    if (trace.open <= MAX_READ_AT_START) {
      for (let open = trace.firstOpen; open; open = open.next) readFixedTraceAttributes(open);
      return;
    }
    const root = trace.oldestLocalRoot;
    const parent = parentId === undefined ? undefined : trace.findOpen(parentId);
    if (root) readFixedTraceAttributes(root);
    if (parent && parent !== root) readFixedTraceAttributes(parent);
  }

  #watch(open: OpenSpan): void {
    open.trace.addOpen(open);
    open.isWatched = true;
    open.older = this.#newest;
    if (this.#newest) this.#newest.newer = open;
    else this.#oldest = open;
    this.#newest = open;
    this.#watched += 1;
  }

  #unwatch(open: OpenSpan): void {
    const { newer, older } = open;
    if (this.#measured === open) this.#measured = newer;
    this.#watchedBytes -= open.bytes;
    open.bytes = 0;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    open.older = undefined;
    open.newer = undefined;
    open.isWatched = false;
    this.#watched -= 1;
    open.trace.removeOpen(open);
  }

  /**
   * Attributes are set without notice, most of them right after the start. So each start measures the span that started before; and
   * where many are open, two more by turns, so that all come round though one is added.
   */
  #measureSome(newest: OpenSpan): void {
    if (newest.older) this.#measure(newest.older);
    if (this.#watched < MIN_MEASURED_AGAIN) return;
    for (let step = 0; step < 2; step++) {
      const next = this.#measured ?? this.#oldest;
      if (!next) return;
      this.#measure(next);
      this.#measured = next.newer;
    }
  }

  #measure(open: OpenSpan): void {
    const bytes = sizeOf(open.span);
    this.#watchedBytes += bytes - open.bytes;
    open.bytes = bytes;
  }

  #unwatchOldest(): void {
    const open = this.#oldest;
    if (!open) return;
    readTraceAttributes(open);
    this.#unwatch(open);
    this.#onUnwatched();
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
