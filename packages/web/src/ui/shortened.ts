const MOST_CHARACTERS = 500;

/**
 * A text for a place that shows one line of it, such as a name or a title: its beginning where it is long. Layout of one long line
 * costs time in every place that shows it, however little of it is seen.
 */
export function shortened(text: string, most = MOST_CHARACTERS): string {
  if (text.length <= most) return text;
  // A surrogate pair stays whole.
  const end = isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}…`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
