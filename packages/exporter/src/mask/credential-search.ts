/** How one kind of credential is found in a text: by a mark, and by the characters around it. */
export interface Clue {
  /**
   * Characters that each credential of the kind contains, or that are next to it. The rarer the first one in texts, the better.
   * More than six characters take the runtime longer to search for.
   */
  readonly mark: string;
  /** Texts of which one directly precedes the mark. They may contain sets such as `[a-z]`. Default: anything. */
  readonly before?: readonly string[];
  /** Texts of which one directly follows the mark. Default: anything. */
  readonly after?: readonly string[];
  /** How many characters before the mark the credential begins. Default: 0. */
  readonly offset?: number;
  /** What matches at the mark in every text with such a credential. Default: the credential, at its beginning. */
  readonly around?: RegExp;
}

/**
 * A kind of credential: the expression that matches it, and its clues, one of which every text with such a credential has. A new kind
 * needs its clues here and an example in `testing/credentials.ts`: the tests fail for an expression that no example matches, and for
 * one whose clues miss an example. Each new mark costs every text a search of 12 to 17 ns, so take one of another kind where possible.
 */
export interface Searched {
  readonly clues: readonly Clue[];
  readonly expression: RegExp;
}

/** Marks that separate a name from its value: between both may stand spaces, a quote and the backslashes that escape it. */
const SEPARATORS = ':=,}>';

/**
 * The characters allowed at one position next to a mark: a bit set for each character. Each bit stands for a text, and is set
 * unless the text has another character there. All non-ASCII characters share the last entry.
 */
type Neighbours = Int32Array;

/** What to try at a mark with the right neighbours. */
interface Trial {
  /** The bits of its neighbours. */
  readonly bits: number;
  readonly offset: number;
  /** Sticky. */
  readonly expressions: readonly RegExp[];
}

interface Mark {
  readonly text: string;
  readonly isSeparator: boolean;
  /** By distance from the mark. */
  readonly before: readonly Neighbours[];
  readonly after: readonly Neighbours[];
  /** The nearest of them, checked first; those after the mark only if they exclude any character. */
  readonly last: Neighbours;
  readonly lastButOne: Neighbours;
  readonly first: Neighbours | undefined;
  readonly second: Neighbours;
  readonly trials: readonly Trial[];
}

/** Up to this length, it is faster to look at each character once than to search for each mark. */
const SHORT = 24;
const NON_ASCII = 128;
const ANY = -1;
const anything: Neighbours = new Int32Array(NON_ASCII + 1).fill(ANY);

/**
 * A function that tells whether a text may contain a credential. It is never wrong for texts with one, and rarely for texts
 * without. Most texts have none, and the runtime searches for a character many times faster than for an expression.
 */
export function createSearch(kinds: readonly Searched[]): (text: string) => boolean {
  let marks: readonly Mark[] | undefined;
  let begins: Int32Array | undefined;
  return (text) => {
    // Built with the first text, because it takes milliseconds, which an import should not.
    marks ??= marksOf(kinds);
    begins ??= beginningsOf(marks);
    const possible = text.length > SHORT ? ANY : beginningsIn(text, begins);
    if (possible === 0) return false;
    for (let index = 0; index < marks.length; index++) {
      const mark = marks[index];
      if (mark !== undefined && (possible & (1 << index)) !== 0 && isClueIn(text, mark)) return true;
    }
    return false;
  };
}

/** By character: a bit for each mark that begins with it. With more marks than bits, marks share bits. */
function beginningsOf(marks: readonly Mark[]): Int32Array {
  const begins = new Int32Array(NON_ASCII + 1);
  for (const [index, { text }] of marks.entries()) {
    const code = asciiAt(text, 0);
    begins[code] = (begins[code] ?? 0) | (1 << index);
  }
  return begins;
}

/** The bits of the marks of which the text has the first character. */
function beginningsIn(text: string, begins: Int32Array): number {
  let found = 0;
  for (let at = 0; at < text.length; at++) found |= begins[asciiAt(text, at)] ?? 0;
  return found;
}

function isClueIn(text: string, mark: Mark): boolean {
  const { first, isSeparator, last, lastButOne, second, text: searched } = mark;
  for (let at = text.indexOf(searched); at !== -1; at = text.indexOf(searched, at + 1)) {
    // Nearly all marks end here.
    if (first !== undefined && !mayStand(first, second, text, at + searched.length, 1)) continue;
    const end = isSeparator ? endOfName(text, at) : at;
    if (mayStand(last, lastButOne, text, end - 1, -1) && isClueAt(text, at, end, mark)) return true;
  }
  return false;
}

/** Whether the neighbours allow the characters from here on in the direction of `step`. */
function mayStand(near: Neighbours, far: Neighbours, text: string, at: number, step: 1 | -1): boolean {
  const possible = near[asciiAt(text, at)] ?? ANY;
  return possible === ANY || (possible & (far[asciiAt(text, at + step)] ?? ANY)) !== 0;
}

/** @param end end of the text before the mark. */
function isClueAt(text: string, at: number, end: number, { after, before, text: { length }, trials }: Mark): boolean {
  let possible = ANY;
  for (let distance = 0; distance < before.length && possible !== 0; distance++) {
    possible &= before[distance]?.[asciiAt(text, end - 1 - distance)] ?? ANY;
  }
  for (let distance = 0; distance < after.length && possible !== 0; distance++) {
    possible &= after[distance]?.[asciiAt(text, at + length + distance)] ?? ANY;
  }
  return possible !== 0 && trials.some((trial) => (trial.bits & possible) !== 0 && succeeds(trial, text, at));
}

/** The code of a character; 128 for non-ASCII characters and at the end of the text. */
function asciiAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < NON_ASCII) return code;
  return NON_ASCII;
}

function succeeds({ expressions, offset }: Trial, text: string, at: number): boolean {
  return expressions.some((expression) => {
    expression.lastIndex = at - offset;
    return expression.test(text);
  });
}

/** Before a separator: in code and files of settings, equals signs are often below each other. */
const MAX_SPACES = 32;
/** Before a brace, which is on a line of its own in indented JSON. */
const MAX_SPACES_BEFORE_BRACE = 64;
const BRACE = 0x7d;
const MAX_BACKSLASHES = 16;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/** The end of the name before a separator: skips spaces, a quote and its backslashes. */
function endOfName(text: string, separator: number): number {
  let end = separator;
  const most = text.charCodeAt(separator) === BRACE ? MAX_SPACES_BEFORE_BRACE : MAX_SPACES;
  while (isSpaceAt(text, end - 1) && separator - end < most) end -= 1;
  const code = text.charCodeAt(end - 1);
  if (code !== DOUBLE_QUOTE && code !== SINGLE_QUOTE) return end;
  end -= 1;
  const quote = end;
  while (text.charCodeAt(end - 1) === BACKSLASH && quote - end < MAX_BACKSLASHES) end -= 1;
  return end;
}

/** A space, or a possible one: a control or non-ASCII character. */
function isSpaceAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= SPACE || code >= NON_ASCII;
}

function marksOf(kinds: readonly Searched[]): Mark[] {
  const expressionsOf = new Map<Clue, RegExp[]>();
  for (const { clues, expression } of kinds) {
    for (const clue of clues) expressionsOf.set(clue, [...(expressionsOf.get(clue) ?? []), expression]);
  }
  const texts = new Set([...expressionsOf.keys()].map(({ mark }) => mark));
  return [...texts].map((text) =>
    markOf(
      text,
      [...expressionsOf].filter(([{ mark }]) => mark === text),
    ),
  );
}

/** With more texts than bits, texts share bits, so some are tried in vain. */
const BITS = 31;
/** The bit that texts of one character share: with one of them, a longer text would be found by its last character alone. */
const ONE_CHARACTER = 1 << 31;

function markOf(text: string, clues: readonly (readonly [Clue, readonly RegExp[]])[]): Mark {
  const lefts: Beside[] = [];
  const rights: Beside[] = [];
  const trials: Trial[] = [];
  let count = 0;
  for (const [clue, expressions] of clues) {
    const ignoreCase = expressions.some((expression) => expression.ignoreCase);
    let bits = 0;
    for (const before of clue.before ?? ['']) {
      for (const after of clue.after ?? ['']) {
        const left = charactersOf(before).reverse();
        const right = charactersOf(after);
        const bit = left.length + right.length === 1 ? ONE_CHARACTER : 1 << (count++ % BITS);
        bits |= bit;
        lefts.push({ bit, ignoreCase, characters: left });
        rights.push({ bit, ignoreCase, characters: right });
      }
    }
    trials.push(trialOf(clue, bits, expressions));
  }
  const before = neighboursOf(lefts);
  const after = neighboursOf(rights);
  const [last = anything, lastButOne = anything] = before;
  const [first, second = anything] = after;
  const isSeparator = SEPARATORS.includes(text);
  return {
    text,
    isSeparator,
    before,
    after,
    last,
    lastButOne,
    first: first?.includes(0) ? first : undefined,
    second,
    trials,
  };
}

function trialOf({ around, offset = 0 }: Clue, bits: number, expressions: readonly RegExp[]): Trial {
  return {
    bits,
    offset: around ? 0 : offset,
    expressions: (around ? [around] : expressions).map(
      ({ flags, source }) => new RegExp(source, `${flags.replace('g', '')}y`),
    ),
  };
}

/** A text next to a mark, starting at the mark, as characters and character sets. */
interface Beside {
  readonly bit: number;
  readonly ignoreCase: boolean;
  readonly characters: readonly string[];
}

function charactersOf(text: string): string[] {
  return text.match(/\[[^\]]+\]|[^[]/g) ?? [];
}

function neighboursOf(texts: readonly Beside[]): Neighbours[] {
  const length = Math.max(...texts.map(({ characters }) => characters.length));
  return Array.from({ length }, (_, distance) => {
    const ended = texts.filter(({ characters }) => characters.length <= distance);
    const bits = new Int32Array(NON_ASCII + 1).fill(ended.reduce((all, { bit }) => all | bit, 0));
    for (const { bit, characters, ignoreCase } of texts) {
      for (const code of codesOf(characters[distance] ?? '', ignoreCase)) bits[code] = (bits[code] ?? 0) | bit;
    }
    return bits;
  });
}

const ASCII = Array.from({ length: NON_ASCII }, (_, code) => String.fromCharCode(code));

/** The codes of a character or character set. */
function codesOf(character: string, ignoreCase: boolean): number[] {
  if (character.length > 1) {
    const set = new RegExp(character, ignoreCase ? 'i' : '');
    return ASCII.flatMap((each, code) => (set.test(each) ? [code] : []));
  }
  if (character === '') return [];
  const cases = ignoreCase ? [character.toLowerCase(), character.toUpperCase()] : [character];
  return cases.map((each) => each.charCodeAt(0));
}
