import type { ReplayTurn } from '@powerrag/protocol';
import { cutMessage } from './cut-message.js';
import type { KeySet, Vocabulary } from './main-line/index.js';
import type { TraceCalls } from './trace-calls.js';
import { type SessionKeys, type TraceTurns, turnsOfTrace } from './turns.js';

/** The turns of a trace with long texts cut, and what they depend on in the rest of the session. */
export interface TraceWords extends TraceTurns {
  /** Whether the turns would be the same among these keys. */
  holdsAmong(keys: SessionKeys): boolean;
  /** About how much memory they take. */
  readonly bytes: number;
}

/** The keys of a session, gathered trace by trace, in order of start. */
export class GatheredKeys implements SessionKeys {
  readonly quoted = new Set<string>();
  readonly shown = new Set<string>();
  readonly known = new Set<string>();

  /** @param quoted those of the whole session; later traces may quote what an earlier one said. */
  constructor(quoted: Iterable<string> = []) {
    this.quoted = new Set(quoted);
  }

  add({ quotes, shows, knows }: TraceTurns): void {
    for (const key of quotes) this.quoted.add(key);
    for (const key of shows) this.shown.add(key);
    for (const key of knows) this.known.add(key);
  }
}

/** @param isWhole whether long texts are kept whole. Default: they are cut. */
export function wordsOfTrace(
  read: TraceCalls,
  keys: SessionKeys,
  vocabulary: Vocabulary,
  nowMs: number,
  isWhole = false,
): TraceWords {
  const asked = { quoted: new Asked(keys.quoted), shown: new Asked(keys.shown), known: new Asked(keys.known) };
  const made = turnsOfTrace(read, asked, vocabulary, nowMs);
  const turns = isWhole
    ? made.turns
    : made.turns.map((turn): ReplayTurn => ({ ...turn, messages: turn.messages.map(cutMessage) }));
  return {
    ...made,
    turns,
    holdsAmong: ({ quoted, shown, known }) =>
      asked.quoted.sameIn(quoted) && asked.shown.sameIn(shown) && asked.known.sameIn(known),
    bytes:
      turns.reduce((sum, turn) => sum + bytesOf(turn), 0) + BYTES_PER_KEY * (made.quotes.length + made.knows.length),
  };
}

/** Keeps what was asked of a set, to ask another the same. */
class Asked implements KeySet {
  readonly #set: KeySet;
  readonly #answers = new Map<string, boolean>();

  constructor(set: KeySet) {
    this.#set = set;
  }

  has(key: string): boolean {
    const answer = this.#set.has(key);
    this.#answers.set(key, answer);
    return answer;
  }

  sameIn(other: KeySet): boolean {
    for (const [key, answer] of this.#answers) if (other.has(key) !== answer) return false;
    return true;
  }
}

const BYTES_PER_KEY = 60;
const BYTES_PER_ID = 24;

function bytesOf({ messages, steps, errors }: ReplayTurn): number {
  return 500 + messages.length * 1_000 + (steps.length + errors.length) * BYTES_PER_ID;
}
