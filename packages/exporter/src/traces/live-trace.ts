import type { AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** A span that has not ended. It is a node of two linked lists, because a set per trace costs measurable time per span. */
export interface OpenSpan {
  readonly span: ReadableSpan;
  readonly trace: LiveTrace;
  readonly isLocalRoot: boolean;
  /** Neighbours among the open spans of the same trace. */
  previous: OpenSpan | undefined;
  next: OpenSpan | undefined;
  /** Neighbours among all watched spans. */
  older: OpenSpan | undefined;
  newer: OpenSpan | undefined;
  isWatched: boolean;
  /** Bytes of its attributes and events when last measured; 0 before. */
  bytes: number;
  /** Trace attributes set on this span by the application, as last read. */
  seen: Map<string, AttributeValue> | undefined;
}

export function createOpenSpan(span: ReadableSpan, trace: LiveTrace): OpenSpan {
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
    bytes: 0,
    seen: undefined,
  };
}

/**
 * Most attributes that one trace passes on to its spans. Metadata keys are open-ended, and an SDK span takes only 128 attributes
 * by default. The span on which an attribute was set keeps it in any case.
 */
const MAX_ATTRIBUTES = 80;
const NO_ATTRIBUTES: ReadonlyMap<string, AttributeValue> = new Map();

/** From so many open spans on, a trace keeps them by id as well. Most traces have fewer, and a map per trace costs measurable time. */
const MIN_INDEXED = 16;

/** A trace that has open or queued spans in this process, with its trace attributes. */
export class LiveTrace {
  readonly id: string;
  firstOpen: OpenSpan | undefined;
  #lastOpen: OpenSpan | undefined;
  #oldestLocalRoot: OpenSpan | undefined;
  /** The open spans by id, as long as there are many. */
  #byId: Map<string, OpenSpan> | undefined;
  /** Number of open spans. */
  open = 0;
  /** Number of spans that have ended and are still in the queue. */
  queued = 0;
  /** Created with the first attribute. */
  #attributes: Map<string, AttributeValue> | undefined;
  #orders: Map<string, number> | undefined;
  #latestOrder = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Number of trace attributes. */
  get size(): number {
    return this.#attributes?.size ?? 0;
  }

  get attributes(): ReadonlyMap<string, AttributeValue> {
    return this.#attributes ?? NO_ATTRIBUTES;
  }

  get(key: string): AttributeValue | undefined {
    return this.#attributes?.get(key);
  }

  addOpen(span: OpenSpan): void {
    span.previous = this.#lastOpen;
    if (this.#lastOpen) this.#lastOpen.next = span;
    else this.firstOpen = span;
    this.#lastOpen = span;
    this.open += 1;
    if (span.isLocalRoot) this.#oldestLocalRoot ??= span;
    if (this.#byId) this.#byId.set(idOf(span), span);
    else if (this.open > MIN_INDEXED) this.#index();
  }

  /** @param span must have been added and not yet removed. */
  removeOpen(span: OpenSpan): void {
    const { next, previous } = span;
    if (this.#oldestLocalRoot === span) this.#oldestLocalRoot = firstLocalRoot(next);
    if (this.#byId?.get(idOf(span)) === span) this.#byId.delete(idOf(span));
    if (previous) previous.next = next;
    else this.firstOpen = next;
    if (next) next.previous = previous;
    else this.#lastOpen = previous;
    span.previous = undefined;
    span.next = undefined;
    this.open -= 1;
    if (this.open === 0) this.#byId = undefined;
  }

  /** The open span that started first of those without a parent in this process. Takes constant time. */
  get oldestLocalRoot(): OpenSpan | undefined {
    return this.#oldestLocalRoot;
  }

  /** Its open span with this id. Takes constant time. */
  findOpen(spanId: string): OpenSpan | undefined {
    if (this.#byId) return this.#byId.get(spanId);
    for (let open = this.firstOpen; open; open = open.next) if (idOf(open) === spanId) return open;
    return undefined;
  }

  #index(): void {
    this.#byId = new Map();
    for (let open = this.firstOpen; open; open = open.next) this.#byId.set(idOf(open), open);
  }

  /** Whether a trace update with this order is later than the known value of the key. */
  isLater(key: string, order: number): boolean {
    return order > (this.#orders?.get(key) ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * Sets the attribute, unless a later value is known or the trace has no room for a new key.
   * @param order of the trace update that set it. Default: later than everything seen so far.
   */
  offer(key: string, value: AttributeValue, order: number = this.#latestOrder): void {
    if (this.size >= MAX_ATTRIBUTES && this.get(key) === undefined) return;
    if (order > this.#latestOrder) this.#latestOrder = order;
    this.#attributes ??= new Map();
    this.#orders ??= new Map();
    if ((this.#orders.get(key) ?? Number.NEGATIVE_INFINITY) > order) return;
    this.#attributes.set(key, value);
    this.#orders.set(key, order);
  }
}

function idOf({ span }: OpenSpan): string {
  return span.spanContext().spanId;
}

/** Its cost adds up to one step per span of the trace: the oldest local root is only ever followed by a later one. */
function firstLocalRoot(from: OpenSpan | undefined): OpenSpan | undefined {
  for (let open = from; open; open = open.next) if (open.isLocalRoot) return open;
  return undefined;
}
