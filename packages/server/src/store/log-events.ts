import type { Json } from '@powerrag/protocol';
import { compareText } from './order.js';

/** What a log says of an observation. */
export interface LogEvent {
  readonly traceId: string;
  /** The id of the observation. */
  readonly id: string;
  /** Tells it from all other events of the observation: events of one key are the same. */
  readonly key: string;
  /** Where it stood in its request, which orders events of the same moment. */
  readonly place: number;
  readonly name: string;
  /** Unix milliseconds. */
  readonly timeMs: number;
  readonly attributes: Readonly<Record<string, Json>>;
}

/** What logs say of observations, whether or not those have come. */
export interface LogEvents {
  /**
   * Stores the events, whole or not at all, durable when it resolves. Idempotent and commutative: of one that comes at several
   * places the first place stands.
   */
  writeLogEvents(projectId: string, events: readonly LogEvent[]): Promise<void>;
  /** The events of each observation, in the order asked for; each by time, then place, then key. */
  readLogEvents(
    projectId: string,
    of: readonly { readonly traceId: string; readonly id: string }[],
  ): Promise<(readonly LogEvent[])[]>;
}

/** The order of `readLogEvents`. */
export function byTimeAndPlace(a: LogEvent, b: LogEvent): number {
  return a.timeMs - b.timeMs || a.place - b.place || compareText(a.key, b.key);
}

export interface LogEventsInMemory extends LogEvents {
  /** Removes those of a trace. */
  removeEvents(projectId: string, traceId: string): void;
  eventsOf(projectId: string, of: { readonly traceId: string; readonly id: string }): readonly LogEvent[];
}

export function logEventsInMemory(): LogEventsInMemory {
  const all = new Map<string, Map<string, LogEvent>>();
  const keyOf = (projectId: string, { traceId, id }: { traceId: string; id: string }) =>
    `${projectId}\0${traceId}/${id}`;
  const eventsOf: LogEventsInMemory['eventsOf'] = (projectId, one) =>
    [...(all.get(keyOf(projectId, one))?.values() ?? [])].sort(byTimeAndPlace);
  return {
    eventsOf,
    removeEvents(projectId, traceId) {
      for (const key of [...all.keys()]) if (key.startsWith(`${projectId}\0${traceId}/`)) all.delete(key);
    },
    async writeLogEvents(projectId, events) {
      for (const event of events) {
        const ofOne = all.get(keyOf(projectId, event)) ?? new Map<string, LogEvent>();
        all.set(keyOf(projectId, event), ofOne);
        const known = ofOne.get(event.key);
        if (known === undefined || event.place < known.place) ofOne.set(event.key, event);
      }
    },
    async readLogEvents(projectId, of) {
      return of.map((one) => eventsOf(projectId, one));
    },
  };
}
