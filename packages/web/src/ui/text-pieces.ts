/** The part of a text from `start` up to, not at, `end`, in UTF-16 units. */
export interface TextPiece {
  readonly start: number;
  readonly end: number;
}

/** What a text that is folded shows; a text of no more units and lines is shown whole. */
export const FOLDED = { units: 1_500, lines: 20 };

/** Whether a text is long enough to be folded: more than 1,500 UTF-16 units or more than 20 lines. */
export function isLong(text: string): boolean {
  if (text.length > FOLDED.units) return true;
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines > FOLDED.lines;
}

/**
 * Where to cut a text that starts at `from` so that at most `most` units come before the cut: after a blank line, else after a
 * line, else after a word, else between two characters. Looks at no more than `most` units, whatever the length of the text.
 */
export function endOfPiece(text: string, from: number, most: number): number {
  const limit = from + most;
  if (limit >= text.length) return text.length;
  const window = text.slice(from, limit);
  const earliest = most / 2;
  for (const boundary of ['\n\n', '\n', ' ']) {
    const at = window.lastIndexOf(boundary) + boundary.length;
    if (at > earliest) return from + at;
  }
  const last = text.charCodeAt(limit - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff && most > 1;
  return splitsPair ? limit - 1 : limit;
}

/** The first `count` pieces of a text, each of at most `most` units. Joined, all pieces are the text. */
export function firstPieces(text: string, count: number, most: number): TextPiece[] {
  const pieces: TextPiece[] = [];
  for (let start = 0; start < text.length && pieces.length < count; ) {
    const end = endOfPiece(text, start, most);
    pieces.push({ start, end });
    start = end;
  }
  return pieces;
}

/**
 * The same pieces as markdown that stands alone: a code block that is cut is closed at the end of its piece, and opened again
 * by the next.
 */
export function markdownPieces(text: string, count: number, most: number): string[] {
  let fence: string | null = null;
  return firstPieces(text, count, most).map(({ start, end }) => {
    const piece = text.slice(start, end);
    const opening: string = fence === null ? '' : `${fence}\n`;
    fence = fenceAfter(piece, fence);
    return `${opening}${piece}${fence === null ? '' : `\n${marker(fence)}`}`;
  });
}

/**
 * A text from a place on, as markdown that stands alone: what is inside a code block or a table there has the line that opened the
 * block, or the head of the table, before it, and what is indented as part of a list is not, which would make it code.
 */
export function markdownFrom(text: string, from: number, to = text.length): string {
  const part = text.slice(from, to);
  if (from === 0) return part;
  const before = text.slice(0, from);
  const fence = fenceAfter(before, null);
  if (fence !== null) return `${fence}\n${part}`;
  const block = before.slice(before.lastIndexOf('\n\n') + 1).trimStart();
  const head = TABLE_HEAD.exec(block)?.[0];
  if (head !== undefined && part.startsWith('|')) return head + part;
  return outdented(part);
}

/** The lines at the beginning that are indented as far as the first, without that indent. */
function outdented(text: string): string {
  const [indent = ''] = /^[ \t]*/.exec(text) ?? [];
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line !== '' && !line.startsWith(indent));
  return lines.map((line, n) => (end === -1 || n < end ? line.slice(indent.length) : line)).join('\n');
}

const TABLE_HEAD = /^\|[^\n]*\n\|(?: ?:?-+:? ?\|)+ *\n/;

/** The line that opened the code block in which a piece ends; null where it ends outside one. */
function fenceAfter(piece: string, before: string | null): string | null {
  let fence = before;
  for (const [, mark = '', info = ''] of piece.matchAll(/^ {0,3}(`{3,}|~{3,})([^\n]*)$/gm)) {
    if (fence === null) {
      if (mark.startsWith('~') || !info.includes('`')) fence = `${mark}${info.slice(0, 100)}`;
    } else if (info.trim() === '' && mark.startsWith(marker(fence))) fence = null;
  }
  return fence;
}

function marker(fence: string): string {
  return /^(`+|~+)/.exec(fence)?.[0] ?? '```';
}

const DEEPEST = 20;
const NESTED = new RegExp(`^(?:[ \\t]*(?:>|[-+*][ \\t]|\\d{1,9}[.)][ \\t])){${DEEPEST},}`, 'm');

/** Whether a line opens so many quotes and lists within one another that markdown says nothing, and nests without bound. */
export function nestsTooDeeply(markdown: string): boolean {
  return NESTED.test(markdown);
}
