import { parse, type Tree } from './regexp-tree.js';

/*
 * A small matcher of regular expressions that backtracks as the runtime's does, and counts its steps. Steps do not depend on how busy the
 * machine is, so a test can tell from short texts whether an expression takes time proportional to the length of the text.
 */

/** What is left to match. Returns where the match ends, or -1. */
type Next = (at: number) => number;
/** Matches a part of the expression, and then the rest. */
type Matcher = (at: number, next: Next) => number;

export interface Counted {
  readonly steps: number;
  /** Start and end of each match, as `matchAll` finds them. */
  readonly matches: readonly (readonly [start: number, end: number])[];
}

/** Prepares a global expression. @throws where its syntax is not known here */
export function stepCounter({ source, flags }: RegExp): (text: string) => Counted {
  const tree = parse(source);
  return (text) => new Matching(text, flags.includes('i')).all(tree);
}

/** The matching of one text. */
class Matching {
  readonly #text: string;
  readonly #ignoreCase: boolean;
  #steps = 0;
  #captures: readonly (readonly [start: number, end: number] | undefined)[] = [];

  constructor(text: string, ignoreCase: boolean) {
    this.#text = text;
    this.#ignoreCase = ignoreCase;
  }

  all(tree: Tree): Counted {
    const matcher = this.#compile(tree, false);
    const matches: [number, number][] = [];
    for (let at = 0; at <= this.#text.length; ) {
      this.#captures = [];
      const end = matcher(at, (found) => found);
      if (end >= 0) matches.push([at, end]);
      at = Math.max(at + 1, end);
    }
    return { steps: this.#steps, matches };
  }

  /** @param backward as lookbehinds are matched: from their end */
  #compile(tree: Tree, backward: boolean): Matcher {
    switch (tree.kind) {
      case 'set':
        return this.#repeatSet({ min: 1, max: 1 }, tree.source, backward);
      case 'assertion':
        return this.#assertion(tree.source);
      case 'reference':
        return this.#reference(tree.index, backward);
      case 'sequence':
        return sequence(
          tree.trees.map((each) => this.#compile(each, backward)),
          backward,
        );
      case 'choice':
        return choice(tree.trees.map((each) => this.#compile(each, backward)));
      case 'group':
        return this.#group(tree.index, this.#compile(tree.tree, backward), backward);
      case 'look':
        return this.#look(tree.isNegative, this.#compile(tree.tree, tree.isBehind));
      case 'repeat':
        return tree.tree.kind === 'set' && !tree.isLazy
          ? this.#repeatSet(tree, tree.tree.source, backward)
          : this.#repeat(tree, this.#compile(tree.tree, backward));
    }
  }

  #assertion(source: string): Matcher {
    const expression = new RegExp(source, 'y');
    return (at, next) => {
      this.#steps += 1;
      expression.lastIndex = at;
      return expression.test(this.#text) ? next(at) : -1;
    };
  }

  #reference(group: number, backward: boolean): Matcher {
    return (at, next) => {
      const [start, stop] = this.#captures[group] ?? [0, 0];
      const length = stop - start;
      this.#steps += 1 + length;
      const from = backward ? at - length : at;
      const isSame = from >= 0 && this.#text.startsWith(this.#text.slice(start, stop), from);
      return isSame ? next(backward ? from : at + length) : -1;
    };
  }

  #group(index: number, matcher: Matcher, backward: boolean): Matcher {
    return (at, next) =>
      matcher(at, (end) => {
        const before = this.#captures;
        const captures = [...before];
        captures[index] = backward ? [end, at] : [at, end];
        this.#captures = captures;
        const found = next(end);
        if (found < 0) this.#captures = before;
        return found;
      });
  }

  #look(isNegative: boolean, matcher: Matcher): Matcher {
    return (at, next) => {
      const before = this.#captures;
      const isFound = matcher(at, (end) => end) >= 0;
      if (isNegative) this.#captures = before;
      const found = isFound === isNegative ? -1 : next(at);
      if (found < 0) this.#captures = before;
      return found;
    };
  }

  /** Without recursion, which one character after another of a long text would exhaust. */
  #repeatSet({ min, max }: { min: number; max: number }, source: string, backward: boolean): Matcher {
    const has = setOf(source, this.#ignoreCase);
    const step = backward ? -1 : 1;
    const most = (at: number): number => {
      for (let count = 0; count < max; count++) {
        this.#steps += 1;
        const index = at + step * count - (backward ? 1 : 0);
        if (index < 0 || index >= this.#text.length || !has(this.#text.charCodeAt(index))) return count;
      }
      return max;
    };
    return (at, next) => {
      for (let count = most(at); count >= min; count--) {
        this.#steps += 1;
        const end = next(at + step * count);
        if (end >= 0) return end;
      }
      return -1;
    };
  }

  #repeat({ min, max, isLazy }: Tree & { kind: 'repeat' }, matcher: Matcher): Matcher {
    const from = (at: number, count: number, next: Next): number => {
      this.#steps += 1;
      const again = () => (count < max ? matcher(at, (end) => (end === at ? -1 : from(end, count + 1, next))) : -1);
      const stop = () => (count < min ? -1 : next(at));
      const end = isLazy ? stop() : again();
      if (end >= 0) return end;
      return isLazy ? again() : stop();
    };
    return (at, next) => from(at, 0, next);
  }
}

function sequence(matchers: readonly Matcher[], backward: boolean): Matcher {
  const last: Matcher = (at, next) => next(at);
  return (backward ? [...matchers] : matchers.toReversed()).reduce<Matcher>(
    (rest, matcher) => (at, next) => matcher(at, (end) => rest(end, next)),
    last,
  );
}

function choice(matchers: readonly Matcher[]): Matcher {
  return (at, next) => {
    for (const matcher of matchers) {
      const end = matcher(at, next);
      if (end >= 0) return end;
    }
    return -1;
  };
}

const sets = new Map<string, (code: number) => boolean>();

/** Whether a character is in a set. */
function setOf(source: string, ignoreCase: boolean): (code: number) => boolean {
  const key = `${source}/${ignoreCase}`;
  const known = sets.get(key);
  if (known) return known;
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
  const table = Array.from({ length: 256 }, (_, code) => expression.test(String.fromCharCode(code)));
  const has = (code: number) => table[code] ?? expression.test(String.fromCharCode(code));
  sets.set(key, has);
  return has;
}
