import type { ReplayAnnotation } from '@powerrag/protocol';

/** What to do to one annotation: the one that shall be, and the one that was; null for none. */
export interface Change {
  readonly after: ReplayAnnotation | null;
  readonly before: ReplayAnnotation | null;
}

export interface JudgeApi {
  /** Rejects with an error whose message is fit to be shown. */
  write(annotation: ReplayAnnotation): Promise<void>;
  remove(annotation: ReplayAnnotation): Promise<void>;
  /** Resolves when what was stored has been read again. */
  readAgain(): Promise<unknown>;
  /** Unix milliseconds. */
  now(): number;
}

/** What is told of the last change. */
interface JudgeNotice {
  readonly says: string;
  /** Whether it failed: then it can be tried again, else undone. */
  readonly failed: boolean;
  readonly changes: readonly Change[];
}

interface Pending {
  readonly annotation: ReplayAnnotation | null;
}

export interface JudgeState {
  /** What is shown in place of what is stored, by kind and id, until it is stored. */
  readonly pending: ReadonlyMap<string, Pending>;
  readonly notice: JudgeNotice | null;
}

/** Scores and comments that a reader gives: shown at once, taken back where they cannot be stored, undone on demand. */
export class JudgeStore {
  readonly #api: JudgeApi;
  readonly #listeners = new Set<() => void>();
  #state: JudgeState = { pending: new Map(), notice: null };

  constructor(api: JudgeApi) {
    this.#api = api;
  }

  get state(): JudgeState {
    return this.#state;
  }

  /** The result unsubscribes. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @param says what was done, as a person reads it. Never rejects: what fails is taken back and told. */
  async change(changes: readonly Change[], says: string): Promise<void> {
    const timeMs = this.#api.now();
    const dated = changes.map(({ after, before }) => ({ after: after && { ...after, timeMs }, before }));
    const shown = dated.map(({ after, before }) => [keyOf(after ?? before), { annotation: after }] as const);
    this.#set({
      pending: new Map([...this.#state.pending, ...shown]),
      notice: { says, failed: false, changes: dated },
    });
    try {
      for (const { after, before } of dated) {
        if (after !== null) await this.#api.write(after);
        else if (before !== null) await this.#api.remove(before);
      }
      await this.#api.readAgain();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const notice = { says: `It was not stored. ${why}`, failed: true, changes };
      this.#set({ pending: this.#without(shown), notice });
      // Of several changes the first may be stored.
      await this.#api.readAgain().catch(() => {});
      return;
    }
    this.#set({ ...this.#state, pending: this.#without(shown) });
  }

  /** Takes the last change back, or tries it again if it failed. Returns false if nothing was changed. */
  undo(): boolean {
    const { notice } = this.#state;
    if (notice === null) return false;
    const turned = notice.changes.map(({ after, before }) => ({ after: before, before: after }));
    if (notice.failed) void this.change(notice.changes, 'Stored.');
    else void this.change(turned, 'Undone.');
    return true;
  }

  dismiss(): void {
    this.#set({ ...this.#state, notice: null });
  }

  /** What is pending without these, where nothing has taken their place. */
  #without(shown: readonly (readonly [key: string, Pending])[]): JudgeState['pending'] {
    const pending = new Map(this.#state.pending);
    for (const [key, value] of shown) if (pending.get(key) === value) pending.delete(key);
    return pending;
  }

  #set(state: JudgeState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** What is stored, with what is about to be. In order of time. */
export function withPending(
  stored: readonly ReplayAnnotation[],
  { pending }: Pick<JudgeState, 'pending'>,
): readonly ReplayAnnotation[] {
  if (pending.size === 0) return stored;
  const kept = stored.filter((annotation) => !pending.has(keyOf(annotation)));
  const added = [...pending.values()].flatMap(({ annotation }) => annotation ?? []);
  return [...kept, ...added].sort((a, b) => a.timeMs - b.timeMs);
}

function keyOf(annotation: ReplayAnnotation | null): string {
  return annotation === null ? '' : `${annotation.kind}\0${annotation.id}`;
}
