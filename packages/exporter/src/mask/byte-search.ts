/** As much of a mark as this search looks at: its characters, and which characters may stand next to it. */
interface Marked {
  readonly text: string;
  /** Whether spaces and a quote may stand between the mark and what has to precede it. */
  readonly isSeparator: boolean;
  /**
   * By character code: the texts, as bits, of which one has to precede the mark and may have this character at its end. -1 where anything
   * may precede that.
   */
  readonly last: Int32Array;
  /** The same for the character before. */
  readonly lastButOne: Int32Array;
  /** By character code: 0 for a character that cannot directly follow the mark. Default: any may. */
  readonly first: Int32Array | undefined;
}

/** Node's own writer, which skips the argument checks of `buffer.write`. */
interface NativeWrite {
  utf8Write?: (text: string, offset: number, length: number) => number;
}

const MAX_UTF8_PER_UNIT = 3;
/** As the search in texts has it for everything that is not ASCII, and for what is beyond the ends of a text. */
const NON_ASCII = 128;
/** All bits. */
const ANY = -1;
const ROW_BITS = 8;
/** Bytes before the text, for a look at what precedes its beginning. */
const MARGIN = 3;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/**
 * Searches an ASCII text of medium length for all marks in one pass over its bytes. A look at a byte takes half the time of one at a
 * character of a string; a search of its own for each of two dozen marks takes several times as long, copying included.
 * @param maxLength of a text, in UTF-16 code units
 * @param isClueAt looks at the mark at this place of the text, and at all around it
 * @returns a function that tells whether a clue is in the text; `undefined` where it is not ASCII or too long for this search
 */
export function createByteSearch<M extends Marked>(
  marks: readonly M[],
  maxLength: number,
  isClueAt: (text: string, at: number, mark: M) => boolean,
): (text: string) => boolean | undefined {
  const bytes: Buffer & NativeWrite = Buffer.alloc(MARGIN + maxLength * MAX_UTF8_PER_UNIT + 1, NON_ASCII);
  const { groupOf, groups, isSkipped, last, lastButOne, next } = tablesOf(marks);

  /** Whether a mark may stand here, by the bytes next to it. */
  function mayStand(group: number, at: number): boolean {
    const row = group << ROW_BITS;
    if (item(next, row + item(bytes, at + 1)) === 0) return false;
    const before = at - 1 - item(isSkipped, row + item(bytes, at - 1));
    const bits = item(last, row + item(bytes, before));
    return bits === ANY || (bits & item(lastButOne, row + item(bytes, before - 1))) !== 0;
  }

  function isClueOf(group: number, text: string, at: number): boolean {
    return (groups[group] ?? []).some((mark) => text.startsWith(mark.text, at) && isClueAt(text, at, mark));
  }

  return (text) => {
    const { length } = text;
    if (length > maxLength) return undefined;
    const written = bytes.utf8Write
      ? bytes.utf8Write(text, MARGIN, length * MAX_UTF8_PER_UNIT)
      : bytes.write(text, MARGIN, 'utf8');
    if (written !== length) return undefined;
    const end = MARGIN + length;
    bytes[end] = NON_ASCII;
    for (let at = MARGIN; at < end; at++) {
      const group = item(groupOf, item(bytes, at));
      if (group !== 0 && mayStand(group, at) && isClueOf(group, text, at - MARGIN)) return true;
    }
    return false;
  };
}

function item(table: Uint8Array | Int32Array, index: number): number {
  return table[index] ?? 0;
}

interface Tables<M> {
  /** By byte: the number of the group of the marks that begin with it; 0 where none does. */
  readonly groupOf: Uint8Array;
  /** By that number: marks. */
  readonly groups: readonly (readonly M[])[];
  /** Rows of 256, one for each group, by byte: 0 where none of its marks may precede that byte. */
  readonly next: Uint8Array;
  /** In such rows: 1 for a quote, where it may stand between the mark and what has to precede it. */
  readonly isSkipped: Uint8Array;
  /** In such rows, as `last` of its mark; with several marks -1, or 0 where none of them may follow that byte. */
  readonly last: Int32Array;
  /** As `lastButOne` of its mark; with several marks -1. */
  readonly lastButOne: Int32Array;
}

function tablesOf<M extends Marked>(marks: readonly M[]): Tables<M> {
  const beginnings = [...new Set(marks.map(({ text }) => text.charCodeAt(0)))];
  const size = (beginnings.length + 1) << ROW_BITS;
  const groupOf = new Uint8Array(1 << ROW_BITS);
  const next = new Uint8Array(size);
  const isSkipped = new Uint8Array(size);
  const last = new Int32Array(size);
  const lastButOne = new Int32Array(size).fill(ANY);
  const groups = beginnings.map((code, index) => {
    const group = marks.filter(({ text }) => text.charCodeAt(0) === code);
    const [only] = group.length === 1 ? group : [];
    groupOf[code] = index + 1;
    if (only?.isSeparator) isSkipped[((index + 1) << ROW_BITS) + DOUBLE_QUOTE] = 1;
    for (let byte = 0; byte <= NON_ASCII; byte++) {
      const at = ((index + 1) << ROW_BITS) + byte;
      next[at] = group.some((mark) => mayPrecede(mark, byte)) ? 1 : 0;
      const bits = group.map((mark) => lastOf(mark, byte));
      last[at] = only ? (bits[0] ?? ANY) : bits.some((each) => each !== 0) ? ANY : 0;
      lastButOne[at] = only?.lastButOne[byte] ?? ANY;
    }
    return group;
  });
  return { groupOf, groups: [[], ...groups], isSkipped, next, last, lastButOne };
}

/** What stands between a name and its separator is left to the search in texts. */
function lastOf({ isSeparator, last }: Marked, byte: number): number {
  const isBetween = byte <= SPACE || byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE || byte === BACKSLASH;
  return isSeparator && isBetween ? ANY : (last[byte] ?? ANY);
}

function mayPrecede({ first, text }: Marked, byte: number): boolean {
  return text.length > 1 ? byte === text.charCodeAt(1) : first === undefined || first[byte] !== 0;
}
