/**
 * Characters that are not seen but change how a text reads: they turn the order of what stands around them, or make two texts look
 * the same. Joiners count only where they join nothing: emoji and many scripts need them.
 */
const HIDDEN = new RegExp(
  [
    // Controls but for tab, line feed and carriage return.
    '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]',
    // Soft hyphen, combining grapheme joiner, fillers of Hangul, vowel separator of Mongolian, zero width space, BOM.
    '[\\u00ad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u3164\\ufeff\\uffa0]',
    // Directions: marks, embeddings, overrides, isolates.
    '[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u206f]',
    // Separators of lines and paragraphs, invisible operators, annotations.
    '[\\u2028\\u2029\\u2060-\\u2065\\ufff9-\\ufffb]',
    // Joiners after anything but an emoji, a mark, or a letter of a script that joins.
    '(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f\\p{M}]|[^\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}\\P{L}])[\\u200c\\u200d]',
    // Tags but for those of a flag.
    '(?<!\\u{1f3f4}[\\u{e0020}-\\u{e007f}]{0,8})[\\u{e0000}-\\u{e007f}]',
    // Selectors of variants that no font has.
    '[\\u{e0100}-\\u{e01ef}]',
  ].join('|'),
  'gu',
);

const NAMES: Readonly<Record<string, string>> = {
  '\u00ad': 'SHY',
  '\u061c': 'ALM',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2060': 'WJ',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
};

/** A run of a text: seen as it is, or one hidden character. */
export interface TextRun {
  readonly text: string;
  /** The usual short name of a hidden character, else its code point, such as `U+0000`; null for what is seen. */
  readonly hidden: string | null;
}

/** Cuts a text at its hidden characters. Joined, the runs are the text. A text without any is one run. */
export function textRuns(text: string): TextRun[] {
  const runs: TextRun[] = [];
  let last = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > last) runs.push({ text: text.slice(last, match.index), hidden: null });
    runs.push({ text: match[0], hidden: nameOf(match[0]) });
    last = match.index + match[0].length;
  }
  if (last < text.length || runs.length === 0) runs.push({ text: text.slice(last), hidden: null });
  return runs;
}

/** A text for a place that shows plain text alone, such as a title or a canvas: hidden characters are replaced by their names. */
export function withHiddenNamed(text: string): string {
  return text.replace(HIDDEN, (character) => `[${nameOf(character)}]`);
}

function nameOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return NAMES[character] ?? `U+${code}`;
}
