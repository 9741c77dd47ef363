import type { Json } from '@powerrag/protocol';

/** Deeper than this it is not data that anybody reads. */
const MAX_DEPTH = 100;

/**
 * Reads what Python's `repr` writes, which instrumentations send where they have no JSON: literals, members of enumerations
 * (`<Role.USER: 'user'>` is its value) and objects with named fields (`Text(text='Hi')` is those fields, and its class under
 * `CLASS`). Undefined where it is something else, or was cut off. Linear, runs nothing.
 */
export function parsePythonRepr(text: string): Json | undefined {
  const reader = new Reader(text);
  const value = reader.value(0);
  return value !== undefined && reader.isAtEnd() ? value : undefined;
}

/** The key under which an object says its class. */
export const CLASS = '$class';

const CONSTANTS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const NAME = /[A-Za-z_][\w.]*/y;
const ENUM = /<[\w.]+: /y;
const BETWEEN = /[\s,]*/y;
const ASSIGN = /([A-Za-z_]\w*)=/y;
const STRING = /[bru]{0,2}('(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")/iy;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#match(BETWEEN);
    return this.#at === this.#text.length;
  }

  value(depth: number): Json | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const next = this.#text[this.#at];
    if (next === '[' || next === '(') return this.#list(next, depth);
    if (next === '{') return this.#dictionary(depth);
    if (next === '<') return this.#member(depth);
    const string = this.#match(STRING)?.[1];
    if (string !== undefined) return unescaped(string.slice(1, -1));
    const number = this.#match(NUMBER)?.[0];
    if (number !== undefined) return Number(number);
    return this.#named(depth);
  }

  #list(open: string, depth: number): Json | undefined {
    this.#at += 1;
    const items: Json[] = [];
    while (!this.#closes(open)) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #dictionary(depth: number): Json | undefined {
    this.#at += 1;
    const entries: [string, Json][] = [];
    while (!this.#closes('{')) {
      const key = this.value(depth + 1);
      this.#match(BETWEEN);
      if (key === undefined || this.#text[this.#at] !== ':') return undefined;
      this.#at += 1;
      this.#match(BETWEEN);
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      entries.push([typeof key === 'string' ? key : JSON.stringify(key), value]);
    }
    return Object.fromEntries(entries);
  }

  #member(depth: number): Json | undefined {
    if (this.#match(ENUM) === undefined) return undefined;
    const value = this.value(depth + 1);
    if (this.#text[this.#at] !== '>') return undefined;
    this.#at += 1;
    return value;
  }

  /** A constant, or an object by its class and the names of its fields. */
  #named(depth: number): Json | undefined {
    const name = this.#match(NAME)?.[0];
    if (name === undefined) return undefined;
    if (this.#text[this.#at] !== '(') return CONSTANTS.get(name);
    this.#at += 1;
    const entries: [string, Json][] = [[CLASS, name]];
    while (!this.#closes('(')) {
      const field = this.#match(ASSIGN)?.[1];
      const value = field === undefined ? undefined : this.value(depth + 1);
      if (field === undefined || value === undefined) return undefined;
      entries.push([field, value]);
    }
    return Object.fromEntries(entries);
  }

  /** Skips what stands between values; true where the last of them was read. */
  #closes(open: string): boolean {
    this.#match(BETWEEN);
    if (this.#text[this.#at] !== CLOSING[open]) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found ?? undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' };

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\s\S]))/gi,
    (whole, x?: string, u?: string, long?: string, other?: string) => {
      if (other !== undefined) return ESCAPES[other] ?? other;
      const code = Number.parseInt(x ?? u ?? long ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
