/** A text, and stretches of it that are to be marked: from, up to but not including, in UTF-16 units; in order and apart. */
export interface MarkedWords {
  readonly text: string;
  readonly ranges: readonly (readonly [number, number])[];
}

/** The stretches of a text, in order, that make up one mark of markdown: what opens it and what closes it. */
type Syntax = readonly (readonly [number, number])[];

/** A letter before or after marks keeps them, as in `2**3**4`; in scripts without spaces words stand against one another. */
const UNSPACED = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]`;
const NO_WORD_BEFORE = String.raw`(?<!(?!${UNSPACED})[\p{L}\p{N}]|[*_\x60~\\])`;
const NO_WORD_AFTER = String.raw`(?!(?!${UNSPACED})[\p{L}\p{N}]|[*_\x60~])`;
const AROUND = new RegExp(
  String.raw`${NO_WORD_BEFORE}(\*{1,3}(?!\*)|_{1,3}(?!_)|~~(?!~)|\x60{1,2}(?!\x60))(?=\S)([^\n]*?[^\n\s])\1${NO_WORD_AFTER}`,
  'gu',
);
const LINK = /!?\[([^\][\n]*)\]\(<?[a-z][\w+.-]*:[^\s()<>]+>?(?: "[^"\n]*")?\)/gi;
const HEADING = /^ {0,3}#{1,6}\s+/gm;
const QUOTE = /^ {0,3}>\s?/gm;
const FENCE = /^ {0,3}(?:`{3,}|~{3,})[\w+-]*$/gm;
/** What is cut for one line is cut at 200 units, between words: a text of fewer than these is whole. */
const CUT_FROM = 120;
const CLOSES = /[^\s(]$/u;
const WORD = /^[\p{L}\p{N}]/u;
const RULE_OF_TABLE = /^ {0,3}\|?(?: ?:?-+:? ?\|)+(?: ?:?-+:?)?\|? *$/gm;

/** The words of a line of markdown without the commonest marks around them, for where it is shown as one line of a list. */
export function plainWords(line: string): string {
  return plainMarkedWords({ text: line, ranges: [] }).text;
}

/**
 * `plainWords` of a text that may be cut out of a longer one, where parts of it are to be marked. Marks of markdown that have such
 * a part in them, such as an address that was searched for, stay.
 */
export function plainMarkedWords({ text, ranges }: MarkedWords): MarkedWords {
  const isWanted = ([start, end]: readonly [number, number]) => ranges.some(([from, to]) => start < to && from < end);
  const removed = syntaxIn(text)
    .filter((syntax) => !syntax.some(isWanted))
    .flat()
    .sort((a, b) => a[0] - b[0]);
  let plain = '';
  let from = 0;
  /** Of each stretch that is removed, where it was and how much is gone with it. */
  const gone: { readonly at: number; readonly units: number }[] = [];
  for (const [start, end] of removed) {
    if (start < from) continue;
    plain += text.slice(from, start);
    gone.push({ at: start, units: end - plain.length });
    from = end;
  }
  plain += text.slice(from);
  const placeOf = (place: number) => place - (gone.findLast(({ at }) => at < place)?.units ?? 0);
  return { text: plain, ranges: ranges.map(([start, end]) => [placeOf(start), placeOf(end)]) };
}

function syntaxIn(text: string): Syntax[] {
  const lines = [HEADING, QUOTE, FENCE, RULE_OF_TABLE].flatMap((mark) =>
    [...text.matchAll(mark)].map(({ 0: found, index }): Syntax => [[index, index + found.length]]),
  );
  const links = [...text.matchAll(LINK)].map(({ 0: found, 1: words = '', index }): Syntax => {
    const opens = found.startsWith('!') ? 2 : 1;
    return [
      [index, index + opens],
      [index + opens + words.length, index + found.length],
    ];
  });
  const whole = [...lines, ...links, ...marksAround(text, 0)];
  return text.length < CUT_FROM ? whole : [...whole, ...cutMarks(text, whole)];
}

/** Marks around words, and those within them; what is marked as code has none within it. */
function marksAround(text: string, at: number): Syntax[] {
  return [...text.matchAll(AROUND)].flatMap(({ 0: found, 1: mark = '', 2: words = '', index }) => {
    const start = at + index;
    const end = start + found.length;
    const own: Syntax = [
      [start, start + mark.length],
      [end - mark.length, end],
    ];
    return [own, ...(mark.startsWith('`') ? [] : marksAround(words, start + mark.length))];
  });
}

/** What opens or closes bold words whose other mark was cut off: the first that closes some, and the last that opens some. */
function cutMarks(text: string, whole: readonly Syntax[]): Syntax[] {
  const isKnown = (at: number) => whole.flat().some(([start, end]) => start < at + 2 && at < end);
  const places = [...text.matchAll(/\*\*/g)].map(({ index }) => index).filter((at) => !isKnown(at));
  const [first, last] = [places.at(0), places.at(-1)];
  const cut: Syntax[] = [];
  if (first !== undefined && CLOSES.test(text.slice(0, first)) && !WORD.test(text.slice(first + 2))) {
    cut.push([[first, first + 2]]);
  }
  if (last !== undefined && !CLOSES.test(text.slice(0, last)) && WORD.test(text.slice(last + 2))) {
    cut.push([[last, last + 2]]);
  }
  return cut;
}
