import { groupBy, type ReplayAnnotation, type ReplayChange, type ReplayPosition } from '@powerrag/protocol';
import { type Annotations, toReplayAnnotation } from '../store/annotations.js';
import type { SessionReader, StoredTrace } from '../store/contract.js';
import { changeBetween, changeSince, isEmpty } from './changes.js';
import { Vocabulary } from './main-line/index.js';
import { type SessionState, stateOf } from './session-state.js';
import { GatheredKeys, type TraceWords, wordsOfTrace } from './session-words.js';
import { loadTrace, type TraceTree } from './trace-calls.js';
import { type TraceView, traceViewOf } from './trace-view.js';
import { toTree } from './tree.js';

export interface ReplaySource {
  readonly reader: SessionReader;
  /** Scores and comments. Default: none. */
  readonly annotations?: Annotations | undefined;
}

/** A step with the position that it starts from. */
interface Step {
  readonly from: ReplayPosition;
  readonly change: ReplayChange;
  readonly size: number;
}

interface KnownTrace {
  readonly view: TraceView;
  readonly words: TraceWords;
  readonly annotations: readonly ReplayAnnotation[];
}

/** Traces of a page of the store. */
const TRACES_AT_ONCE = 100;
/** Steps that are kept for readers who are behind, by the number of traces, turns and observations in them. */
const MOST_IN_STEPS = 2_000;
/** About, with its place in the order of the session. */
const BYTES_PER_OBSERVATION = 410;
/** Milliseconds of work after which others get a turn. */
const SLICE_MS = 15;

/** The keys of the known traces that start before others, asked for in order of start. */
class EarlierKeys {
  readonly #inOrder: readonly (readonly [string, KnownTrace])[];
  readonly #keys: GatheredKeys;
  #next = 0;

  constructor(inOrder: readonly (readonly [string, KnownTrace])[]) {
    this.#inOrder = inOrder;
    this.#keys = new GatheredKeys(inOrder.flatMap(([, { words }]) => words.quotes));
  }

  before({ id, startMs }: StoredTrace): GatheredKeys {
    for (let next = this.#inOrder[this.#next]; next !== undefined; next = this.#inOrder[++this.#next]) {
      const [otherId, { view, words }] = next;
      if (view.trace.startMs > startMs) break;
      if (otherId !== id) this.#keys.add(words);
    }
    return this.#keys;
  }
}

/**
 * A session as it is stored now, kept up to date at the cost of what changed: what was read of a trace stays until the trace
 * changes, or the turns of other traces on which its own depend. Holds no bodies.
 */
export class SessionView {
  readonly #source: ReplaySource;
  readonly #projectId: string;
  readonly #sessionId: string;
  readonly #now: () => number;
  readonly #traces = new Map<string, KnownTrace>();
  #onSession: readonly ReplayAnnotation[] = [];
  #state: SessionState | null = null;
  #bytes = 0;
  #nextChangeMs: number | null = null;
  #steps: Step[] = [];
  #reading: Promise<SessionState | null> | null = null;
  #waiting: Promise<SessionState | null> | null = null;
  #sliceStart = performance.now();

  constructor(source: ReplaySource, projectId: string, sessionId: string, now: () => number) {
    this.#source = source;
    this.#projectId = projectId;
    this.#sessionId = sessionId;
    this.#now = now;
  }

  /** About how much memory it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The state of everything that was stored when this was called; null when there is no such session. */
  read(): Promise<SessionState | null> {
    // What is being read now may have begun before the last change.
    if (this.#waiting !== null) return this.#waiting;
    if (this.#reading === null) return this.#begin();
    this.#waiting = this.#reading
      .catch(() => null)
      .then(() => {
        this.#waiting = null;
        return this.#begin();
      });
    return this.#waiting;
  }

  /** The steps from a position to a state that `read` gave last; none when nothing changed. */
  stepsSince(position: ReplayPosition, state: SessionState): readonly ReplayChange[] {
    const isAt = (at: ReplayPosition) => at.revision === state.revision && position.asOfMs >= at.asOfMs;
    if (position.revision === state.revision && isAt(state)) return [];
    const from = this.#steps.findIndex((step) => step.from.revision === position.revision);
    const known = from === -1 ? [] : this.#steps.slice(from);
    const missed = known.filter(({ change }) => change.revision > position.revision || change.asOfMs > position.asOfMs);
    if (from !== -1) return missed.map(({ change }) => change);
    const isCurrent = position.revision === state.revision && !this.#hasGoneQuietSince(position, state);
    return isCurrent ? [] : [changeSince(position, state)];
  }

  /** When the state changes though nothing more is stored; null when it does not. */
  nextChangeMs(): number | null {
    return this.#nextChangeMs;
  }

  #hasGoneQuietSince({ asOfMs }: ReplayPosition, state: SessionState): boolean {
    return [...state.traces.values()].some(
      ({ view: { quietAtMs } }) => quietAtMs !== null && quietAtMs > asOfMs && quietAtMs <= state.asOfMs,
    );
  }

  #begin(): Promise<SessionState | null> {
    const reading = this.#readNow().finally(() => {
      if (this.#reading === reading) this.#reading = null;
    });
    this.#reading = reading;
    return reading;
  }

  async #readNow(): Promise<SessionState | null> {
    const { reader } = this.#source;
    const [projectId, sessionId, nowMs, before] = [this.#projectId, this.#sessionId, this.#now(), this.#state];
    const session = await reader.getSession(projectId, sessionId);
    if (session === null) {
      this.#forget();
      return null;
    }
    const dueMs = this.#nextChangeMs;
    const isSame = before?.revision === session.revision && (dueMs === null || dueMs > nowMs);
    if (before !== null && isSame) return before;
    if (before !== null && before.revision > session.revision) this.#forget();
    let hasChanged: boolean;
    try {
      hasChanged = await this.#readChanged(this.#state?.revision ?? null, session.traceCount, nowMs);
      if (hasChanged) await this.#settleWords(nowMs);
    } catch (error) {
      // Half of it may be read.
      this.#forget();
      throw error;
    }
    const [known, annotations] = [this.#state, this.#annotations()];
    const position = { revision: session.revision, asOfMs: nowMs };
    const state =
      known !== null && !hasChanged
        ? { ...known, ...position, session, annotations }
        : stateOf(position, session, [...this.#traces.values()], annotations, known);
    if (hasChanged) this.#measure();
    this.#remember(known, state);
    this.#state = state;
    return state;
  }

  /** What depends on all traces and not on what is asked. */
  #measure(): void {
    let bytes = 0;
    let soonest = Number.POSITIVE_INFINITY;
    for (const { view, words } of this.#traces.values()) {
      bytes += 1_000 + view.observations.length * BYTES_PER_OBSERVATION + words.bytes;
      if (view.trace.running) soonest = Math.min(soonest, view.quietAtMs ?? soonest);
    }
    this.#bytes = bytes;
    this.#nextChangeMs = Number.isFinite(soonest) ? soonest : null;
  }

  /** Reads the traces that changed after a revision, and drops those that have left. Returns whether there are any of either. */
  async #readChanged(afterRevision: number | null, traceCount: number, nowMs: number): Promise<boolean> {
    const { reader, annotations } = this.#source;
    const changed: string[] = [];
    let earlier: EarlierKeys | null = null;
    for await (const trace of this.#changedTraces(afterRevision, nowMs)) {
      // Of many traces only when one has changed: often it is the session alone.
      earlier ??= new EarlierKeys(this.#inOrder());
      const keys = earlier.before(trace);
      const tree = await this.#treeOf(trace);
      const view = traceViewOf(tree, nowMs, this.#traces.get(trace.id)?.view);
      // The keys of other traces may not be known yet: `#settleWords` looks again.
      const words = await this.#wordsOf(tree, keys, nowMs);
      keys.add(words);
      this.#traces.set(trace.id, { view, words, annotations: [] });
      changed.push(trace.id);
      await this.#giveOthersATurn();
    }
    let hasLeft = false;
    if (this.#traces.size !== traceCount) {
      const ids = new Set(await reader.listTraceIds(this.#projectId, this.#sessionId));
      for (const id of this.#traces.keys()) if (!ids.has(id)) hasLeft = this.#traces.delete(id) || hasLeft;
    }
    if (annotations !== undefined) await this.#readAnnotations(annotations, changed);
    return hasLeft || changed.length > 0;
  }

  /** Those on the session, and on the traces that changed. */
  async #readAnnotations(annotations: Annotations, changed: readonly string[]): Promise<void> {
    const found = await annotations.annotationsOf(this.#projectId, { sessionId: this.#sessionId, traceIds: changed });
    const shown = found.map(toReplayAnnotation);
    const byTrace = groupBy(shown, ({ traceId }) => traceId);
    this.#onSession = byTrace.get(null) ?? [];
    for (const id of changed) {
      const known = this.#traces.get(id);
      if (known !== undefined) this.#traces.set(id, { ...known, annotations: byTrace.get(id) ?? [] });
    }
  }

  /** In order of start. */
  async *#changedTraces(afterRevision: number | null, nowMs: number): AsyncIterable<StoredTrace> {
    const seen = new Set<string>();
    // Where the next page begins: an offset from the beginning would make each page read all before it.
    let [fromMs, offset] = [Number.NEGATIVE_INFINITY, 0];
    for (;;) {
      const { traces } = await this.#source.reader.listTraces(this.#projectId, {
        sessionId: this.#sessionId,
        ...(afterRevision !== null && { afterRevision }),
        ...(fromMs > Number.NEGATIVE_INFINITY && { fromMs }),
        ...{ limit: TRACES_AT_ONCE, offset, isCounted: false },
      });
      for (const trace of traces) seen.add(trace.id);
      yield* traces;
      const lastMs = traces.at(-1)?.startMs;
      if (lastMs === undefined || traces.length < TRACES_AT_ONCE) break;
      const ofLast = traces.filter(({ startMs }) => startMs === lastMs).length;
      offset = lastMs === fromMs ? offset + ofLast : ofLast;
      fromMs = lastMs;
    }
    for (const [id, { view }] of this.#traces) {
      const isDue = view.trace.running && view.quietAtMs !== null && view.quietAtMs <= nowMs;
      const trace = isDue && !seen.has(id) ? await this.#source.reader.getTrace(this.#projectId, id) : null;
      if (trace !== null) yield trace;
    }
  }

  /** Reads the turns again that depend on other traces and would be others now. */
  async #settleWords(nowMs: number): Promise<void> {
    const inOrder = this.#inOrder();
    const keys = new GatheredKeys(inOrder.flatMap(([, { words }]) => words.quotes));
    for (const [id, known] of inOrder) {
      let { words } = known;
      if (!words.holdsAmong(keys)) {
        const trace = await this.#source.reader.getTrace(this.#projectId, id);
        if (trace !== null) {
          words = await this.#wordsOf(await this.#treeOf(trace), keys, nowMs);
          this.#traces.set(id, { ...known, words });
        }
      }
      keys.add(words);
      await this.#giveOthersATurn();
    }
  }

  #inOrder(): [string, KnownTrace][] {
    return [...this.#traces].sort(
      ([a, { view: ofA }], [b, { view: ofB }]) => ofA.trace.startMs - ofB.trace.startMs || (a < b ? -1 : 1),
    );
  }

  async #treeOf(trace: StoredTrace): Promise<TraceTree> {
    const observations = await this.#source.reader.listObservations(this.#projectId, { traceId: trace.id });
    return { trace, nodes: toTree(observations) };
  }

  async #wordsOf(tree: TraceTree, keys: GatheredKeys, nowMs: number): Promise<TraceWords> {
    const vocabulary = new Vocabulary();
    const read = await loadTrace(
      tree,
      async (nodes) => {
        await this.#giveOthersATurn();
        return this.#source.reader.readBodies(
          this.#projectId,
          nodes.map(({ observation }) => observation),
        );
      },
      vocabulary,
    );
    return wordsOfTrace(read, keys, vocabulary, nowMs);
  }

  #annotations(): readonly ReplayAnnotation[] | null {
    if (this.#source.annotations === undefined) return null;
    const all = [...this.#traces.values()];
    // One on an observation may not name the trace: then it is of this session where the observation is.
    const onObservations = this.#onSession.some(({ observationId }) => observationId !== null);
    const ids = new Set(onObservations ? all.flatMap(({ view }) => view.observations.map(({ id }) => id)) : []);
    const isHere = ({ observationId }: ReplayAnnotation) => observationId === null || ids.has(observationId);
    const found = [...this.#onSession.filter(isHere), ...all.flatMap(({ annotations }) => annotations)];
    return found.sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? 1 : -1));
  }

  #remember(before: SessionState | null, state: SessionState): void {
    if (before === null) return;
    const change = changeBetween(before, state);
    if (before.revision === state.revision && isEmpty(change, before)) return;
    if (change.startedAtMs !== before.layout.startedAtMs) this.#steps = [];
    const size = 1 + change.observations.length + change.traces.length + change.turns.length;
    this.#steps.push({ from: { revision: before.revision, asOfMs: before.asOfMs }, change, size });
    let total = this.#steps.reduce((sum, step) => sum + step.size, 0);
    while (total > MOST_IN_STEPS) total -= this.#steps.shift()?.size ?? 0;
  }

  #forget(): void {
    this.#traces.clear();
    this.#onSession = [];
    this.#state = null;
    this.#bytes = 0;
    this.#nextChangeMs = null;
    this.#steps = [];
  }

  async #giveOthersATurn(): Promise<void> {
    if (performance.now() - this.#sliceStart < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceStart = performance.now();
  }
}
