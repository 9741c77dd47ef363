const LONG_CHARACTERS = 1_500;
const LONG_LINES = 20;

/** Whether a text is long enough to be folded: more than 1,500 characters or more than 20 lines. */
export function isLong(text: string): boolean {
  if (text.length > LONG_CHARACTERS) return true;
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines > LONG_LINES;
}
