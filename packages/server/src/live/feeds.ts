import type { ReplayPosition } from '@powerrag/protocol';
import type { Changes } from './changes.js';
import { Feed, FeedClient, type ReadChanges } from './feed.js';

/** Clients that follow sessions at the same time, at most: each holds a connection and about 2 KB. */
export const MAX_FOLLOWERS = 5_000;

/** The feeds of all sessions that somebody follows. */
export class Feeds {
  readonly #changes: Changes;
  readonly #readChanges: ReadChanges;
  readonly #stalledMs: number | undefined;
  readonly #feeds = new Map<string, { readonly feed: Feed; readonly opening: Promise<void> }>();

  /** @param options.stalledMs milliseconds that a client may leave changes unread. Default 30,000. */
  constructor(changes: Changes, readChanges: ReadChanges, options: { readonly stalledMs?: number } = {}) {
    this.#stalledMs = options.stalledMs;
    this.#changes = changes;
    this.#readChanges = readChanges;
  }

  get isFull(): boolean {
    return this.#changes.followers >= MAX_FOLLOWERS;
  }

  /**
   * Adds a client to the feed of a session. It counts until `leave` is called, also while the feed is opened.
   *
   * @param after what the client has; null for nothing: it gets what is stored from now on.
   * @param traceIds reads the ids of the session's traces; `ready` rejects when it rejects.
   */
  enter(
    projectId: string,
    sessionId: string,
    after: ReplayPosition | null,
    traceIds: () => Promise<Iterable<string>>,
  ): { readonly feed: Feed; readonly client: FeedClient; readonly ready: Promise<void>; leave(): void } {
    const uncount = this.#changes.enter();
    const { feed, opening } = this.#feedOf(projectId, sessionId, traceIds);
    const client = new FeedClient(after);
    feed.add(client);
    return {
      ...{ feed, client, ready: opening },
      leave: () => {
        uncount();
        client.end('ended');
        feed.remove(client);
      },
    };
  }

  #feedOf(projectId: string, sessionId: string, traceIds: () => Promise<Iterable<string>>) {
    const key = `${projectId}\0${sessionId}`;
    const known = this.#feeds.get(key);
    if (known !== undefined) return known;
    const feed = new Feed(projectId, sessionId, {
      ...{ changes: this.#changes, readChanges: this.#readChanges, traceIds },
      stalledMs: this.#stalledMs,
      onEnd: () => {
        if (this.#feeds.get(key)?.feed === feed) this.#feeds.delete(key);
      },
    });
    const opening = feed.open();
    // Each client that waits for it hears of a failure.
    opening.catch(() => {});
    const made = { feed, opening };
    this.#feeds.set(key, made);
    return made;
  }
}
