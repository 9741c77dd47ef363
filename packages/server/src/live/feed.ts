import { type ReplayChanges, type ReplayPosition, writePosition } from '@powerrag/protocol';
import type { Changes, Follower } from './changes.js';

/** Reads what changed in a session after a position; after null, nothing but where it is now. Null: there is no such session. */
export type ReadChanges = (
  projectId: string,
  sessionId: string,
  after: ReplayPosition | null,
) => Promise<ReplayChanges | null>;

export interface FeedOptions {
  readonly changes: Changes;
  readonly readChanges: ReadChanges;
  /** Reads the ids of the session's traces. */
  readonly traceIds: () => Promise<Iterable<string>>;
  /** Called when nobody follows any more, or the server ends. */
  readonly onEnd: () => void;
  /** Milliseconds that a client may leave changes unread. Default 30,000. */
  readonly stalledMs?: number | undefined;
}

/** Milliseconds in which further changes are sent as one. */
const PACE_MS = 200;
/** Of the time, reading the changes of one session takes at most one part in this many. */
const REST = 4;
/** Milliseconds after which the feed looks whether a client has stopped reading. */
const LOOK_MS = 5_000;
const STALLED_MS = 30_000;
/** Bytes of changes that are kept for clients that are behind. */
const KEPT_BYTES = 1024 * 1024;

interface Entry {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** A client of a feed. */
export class FeedClient {
  /** The position that it is at; null until the first look, for a client that has none. */
  at: string | null;
  /** For a client that is not where the feed is: what brings it there. */
  catchUp: Entry | null = null;
  /** Since when it has something to read, on the clock of `performance.now()`. */
  waitingSince: number | null = null;
  /** Called when it has stopped reading: nothing that it is sent waits for it any more. */
  onBehind: () => void = () => {};
  #isOver: 'ended' | 'behind' | null = null;
  #wake: (() => void) | null = null;

  constructor(at: ReplayPosition | null) {
    this.at = at === null ? null : writePosition(at);
  }

  get isOver(): 'ended' | 'behind' | null {
    return this.#isOver;
  }

  wake(): void {
    this.#wake?.();
    this.#wake = null;
  }

  end(why: 'ended' | 'behind'): void {
    if (this.#isOver !== null) return;
    this.#isOver = why;
    if (why === 'behind') this.onBehind();
    this.wake();
  }

  /** Resolves when there may be something to read, at the latest after so many milliseconds. */
  async wait(mostMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * The changes of one session for all that follow it: read once and written once, however many follow. Every client gets the same
 * bytes, as fast as it reads; one that falls behind gets what it missed at once, and one that stops reading is ended.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #projectId: string;
  readonly #sessionId: string;
  readonly #clients = new Set<FeedClient>();
  readonly #entries: Entry[] = [];
  #position: ReplayPosition | null = null;
  #nextChangeMs: number | null = null;
  #follower: Follower | null = null;
  #isOver = false;

  constructor(projectId: string, sessionId: string, options: FeedOptions) {
    this.#projectId = projectId;
    this.#sessionId = sessionId;
    this.#options = options;
  }

  /** Begins to follow the session. Rejects when its traces cannot be read. */
  async open(): Promise<void> {
    const { changes, traceIds } = this.#options;
    try {
      this.#follower = await changes.follow(this.#projectId, this.#sessionId, traceIds);
    } catch (error) {
      this.#end();
      throw error;
    }
    if (this.#isOver) this.#follower.stop();
    else void this.#run(this.#follower);
  }

  add(client: FeedClient): void {
    if (this.#isOver) client.end('ended');
    this.#clients.add(client);
    this.#follower?.changed();
  }

  remove(client: FeedClient): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#end();
  }

  /** What a client has not read yet; null when it has read all. Moves the client on. */
  take(client: FeedClient): Uint8Array | null {
    const entry = client.catchUp ?? this.#entries.find(({ from }) => from === client.at);
    client.catchUp = null;
    client.waitingSince = null;
    if (entry === undefined) return null;
    client.at = entry.to;
    return entry.bytes;
  }

  async #run(follower: Follower): Promise<void> {
    follower.changed();
    while (!this.#isOver) {
      const dueMs = this.#nextChangeMs === null ? LOOK_MS : Math.max(0, this.#nextChangeMs - Date.now());
      const what = await follower.next(Math.min(dueMs, LOOK_MS));
      if (what === 'over') break;
      this.#endStalled();
      if (what === 'quiet' && dueMs > LOOK_MS - 1) continue;
      const start = performance.now();
      try {
        if (!(await this.#look())) break;
      } catch {
        // A reader that cannot read now: clients ask again, and are told then.
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(PACE_MS, REST * (performance.now() - start))));
    }
    this.#end();
  }

  /** Reads what is new. False when the session is gone. */
  async #look(): Promise<boolean> {
    const read = (after: ReplayPosition | null) => this.#options.readChanges(this.#projectId, this.#sessionId, after);
    const answer = await read(this.#position);
    if (answer === null) return false;
    this.#nextChangeMs = answer.nextChangeMs;
    if (this.#position !== null && answer.changes.length > 0) this.#keep(entryOf(this.#position, answer));
    this.#position = { revision: answer.revision, asOfMs: answer.asOfMs };
    await this.#align(read);
    const now = performance.now();
    for (const client of this.#clients) {
      if (client.catchUp === null && !this.#entries.some(({ from }) => from === client.at)) continue;
      client.waitingSince ??= now;
      client.wake();
    }
    return true;
  }

  /** Brings clients that are at other positions to that of the feed. */
  async #align(read: (after: ReplayPosition) => Promise<ReplayChanges | null>): Promise<void> {
    if (this.#position === null) return;
    const here = writePosition(this.#position);
    const known = new Set([here, ...this.#entries.map(({ from }) => from)]);
    const found = new Map<string, Entry | null>();
    for (const client of this.#clients) {
      client.at ??= here;
      if (known.has(client.at) || client.catchUp !== null) continue;
      let entry = found.get(client.at);
      if (entry === undefined) {
        const from = readBack(client.at);
        const answer = await read(from);
        const to = answer === null ? null : writePosition(answer);
        // If more was stored meanwhile, the next look tries again.
        entry = answer !== null && to === here ? entryOf(from, answer) : null;
        found.set(client.at, entry);
        if (entry === null) this.#follower?.changed();
      }
      client.catchUp = entry;
    }
  }

  #keep(entry: Entry): void {
    this.#entries.push(entry);
    let bytes = this.#entries.reduce((sum, each) => sum + each.bytes.length, 0);
    while (bytes > KEPT_BYTES && this.#entries.length > 1) bytes -= this.#entries.shift()?.bytes.length ?? 0;
  }

  #endStalled(): void {
    const { stalledMs = STALLED_MS } = this.#options;
    const now = performance.now();
    for (const client of this.#clients)
      if (client.waitingSince !== null && now - client.waitingSince > stalledMs) client.end('behind');
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#follower?.stop();
    for (const client of this.#clients) client.end('ended');
    this.#options.onEnd();
  }
}

function entryOf(from: ReplayPosition, changes: ReplayChanges): Entry {
  const to = writePosition(changes);
  const text = `event: change\nid: ${to}\ndata: ${JSON.stringify(changes)}\n\n`;
  return { from: writePosition(from), to, bytes: new TextEncoder().encode(text) };
}

function readBack(position: string): ReplayPosition {
  const [revision = '0', asOfMs = '0'] = position.split('.');
  return { revision: Number(revision), asOfMs: Number(asOfMs) };
}
