import { LONGEST_LINE } from '../store/digests.js';

/** The whole text on one line; null if it is empty. */
export function onOneLine(text: string): string | null {
  // A question may hold a whole document; its beginning is enough.
  return cut(
    text
      .trimStart()
      .slice(0, LONGEST_LINE * 10)
      .replace(/\s+/g, ' '),
  );
}

/** The first line that is not empty; null if all are. */
export function firstLine(text: string): string | null {
  return cut(text.trimStart().split(/[\r\n\u2028\u2029]/, 1)[0] ?? '');
}

function cut(line: string): string | null {
  const text = line.trim();
  if (text === '') return null;
  if (text.length <= LONGEST_LINE) return text;
  // Do not cut a surrogate pair in half.
  return `${text.slice(0, LONGEST_LINE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
