import type { Json } from '@powerrag/protocol';

/**
 * The keys of a span's attributes, in their order. The spans of an application have few different sets of keys, so what follows
 * from the keys alone is found once for each set and remembered.
 */
export class KeySet {
  /** The first words of the keys: up to the first `.`. */
  readonly words: ReadonlySet<string>;
  readonly #keys: ReadonlySet<string>;
  /** By the whole list. Weak, so that a list which is made for one call does not stay. */
  readonly #remembered = new WeakMap<readonly unknown[], readonly unknown[]>();
  #lists: ReadonlyMap<string, ReadonlySet<number>> | undefined;
  /** Whether it was seen before: what is seen once only is not worth remembering anything about. */
  isKnown = false;

  constructor(keys: readonly string[]) {
    this.#keys = new Set(keys);
    this.words = new Set(keys.map(firstWord));
  }

  /** The numbers in the keys by what stands before them: `list.0.name` and `list.1.name` have 0 and 1 of `list`. */
  get lists(): ReadonlyMap<string, ReadonlySet<number>> {
    this.#lists ??= listsIn(this.#keys);
    return this.#lists;
  }

  /** Those of `keys`, in their order, that are in the set. */
  present(keys: readonly string[]): readonly string[] {
    const remembered = this.#remembered.get(keys) as readonly string[] | undefined;
    if (remembered !== undefined) return remembered;
    const present = keys.filter((key) => this.#keys.has(key));
    if (this.isKnown) this.#remembered.set(keys, present);
    return present;
  }

  /** The rules that were not left out. */
  partOf<T>(rules: readonly T[]): readonly T[] {
    return (this.#remembered.get(rules) as readonly T[] | undefined) ?? rules;
  }

  /** This rule has nothing to say of a span with these keys. */
  leaveOut<T>(rule: T, rules: readonly T[]): void {
    if (!this.isKnown) return;
    const others = this.partOf(rules).filter((other) => other !== rule);
    this.#remembered.set(rules, others);
  }
}

/** More sets than the applications that send to one server have, unless their keys are made up for each span. */
const MOST_SETS = 500;
/** Characters of all keys of a set, and their number, up to which it is remembered. */
const LONGEST = 4_096;
const MOST_KEYS = 64;

const known = new Map<string, KeySet>();

/** Of equal keys the same set, mostly. */
export function keySetOf(attributes: ReadonlyMap<string, Json>): KeySet {
  const keys = [...attributes.keys()];
  if (keys.length > MOST_KEYS) return new KeySet(keys);
  // No key has a NUL, see `storableText`.
  const id = keys.join('\0');
  const before = known.get(id);
  if (before !== undefined) {
    before.isKnown = true;
    return before;
  }
  const set = new KeySet(keys);
  if (id.length > LONGEST) return set;
  if (known.size >= MOST_SETS) known.clear();
  known.set(id, set);
  return set;
}

export function firstWord(key: string): string {
  const end = key.indexOf('.');
  return end === -1 ? key : key.slice(0, end);
}

/** Lists within lists, as deep as any convention goes. A longer key is nobody's list. */
const MAX_NUMBERS_IN_KEY = 3;

function listsIn(keys: Iterable<string>): ReadonlyMap<string, ReadonlySet<number>> {
  const lists = new Map<string, Set<number>>();
  for (const key of keys) {
    if (!/\.\d/.test(key)) continue;
    let seen = 0;
    for (const match of key.matchAll(/\.(\d{1,6})(?=\.)/g)) {
      if (++seen > MAX_NUMBERS_IN_KEY) break;
      const list = key.slice(0, match.index);
      const numbers = lists.get(list);
      if (numbers === undefined) lists.set(list, new Set([Number(match[1])]));
      else numbers.add(Number(match[1]));
    }
  }
  return lists;
}
