import { byReplayOrder, type ReplayObservation, type ReplayPlace, type ReplayTrace } from '@powerrag/protocol';
import { laneIn, placed, type TraceView, type ViewedObservation } from './trace-view.js';
import type { Offset } from './turns.js';

/** A trace in its session, and its observations. */
interface OrderedTrace {
  readonly view: TraceView;
  readonly trace: ReplayTrace;
}

/** One page of a session's observations, and the cursor of the next page; null on the last. */
export interface Page {
  readonly observations: ReplayObservation[];
  readonly nextObservations: string | null;
}

/**
 * The observations of a session in the order of its document. They are sorted once, when the first page is read, and placed page by
 * page, so that a page costs what it holds.
 */
export class SessionOrder {
  readonly #traces: ReadonlyMap<string, OrderedTrace>;
  readonly #offset: Offset;
  #sorted: readonly ViewedObservation[] | null = null;

  /** @param traces by id. */
  constructor(traces: ReadonlyMap<string, OrderedTrace>, offset: Offset) {
    this.#traces = traces;
    this.#offset = offset;
  }

  /** Some observations, from a place in the order. The cursor names the last of them. */
  page(from: number, limit: number): Page {
    const all = this.#inOrder();
    const observations = all.slice(from, from + limit).map((each) => this.#placed(each));
    const last = observations.at(-1);
    return { observations, nextObservations: last !== undefined && from + limit < all.length ? cursorOf(last) : null };
  }

  /** The place of the first observation after the one that a cursor names, whether or not that one is still there. Null: no cursor. */
  placeAfter(cursor: string): number | null {
    const last = readCursor(cursor);
    if (last === null) return null;
    const all = this.#inOrder();
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const observation = all[middle];
      if (observation !== undefined && byReplayOrder(this.#placeOf(observation), last) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #inOrder(): readonly ViewedObservation[] {
    this.#sorted ??= [...this.#traces.values()]
      .flatMap(({ view }) => view.observations)
      .map((observation) => ({ observation, place: this.#placeOf(observation) }))
      .sort((a, b) => byReplayOrder(a.place, b.place))
      .map(({ observation }) => observation);
    return this.#sorted;
  }

  #placeOf({ startMs, depth, traceId, id }: ViewedObservation): ReplayPlace {
    return { startMs: this.#offset(startMs), depth, traceId, id };
  }

  #placed(observation: ViewedObservation): ReplayObservation {
    const trace = this.#traces.get(observation.traceId)?.trace;
    return placed(observation, trace === undefined ? 0 : laneIn(trace, observation.service), this.#offset);
  }
}

function cursorOf({ startMs, depth, traceId, id }: ReplayPlace): string {
  return Buffer.from(JSON.stringify([startMs, depth, traceId, id])).toString('base64url');
}

function readCursor(cursor: string): ReplayPlace | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [startMs, depth, traceId, id]: unknown[] = value;
  const isCursor =
    typeof startMs === 'number' && typeof depth === 'number' && typeof traceId === 'string' && typeof id === 'string';
  return isCursor ? { startMs, depth, traceId, id } : null;
}
