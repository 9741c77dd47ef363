import type { MessagePart, ReplayObservation } from '@powerrag/protocol';

/** How many times the answer of a call is drawn while it streams, at most: markdown is laid out anew each time. */
export const STREAMED_STEPS = 40;

/**
 * How much of a streamed answer had come by a moment, in steps from 0 to `STREAMED_STEPS`. Only when its first and its last word came
 * is recorded; between them it comes evenly. Null where the call did not stream, or when its first word came is not known.
 */
export function streamedSteps(
  { firstTokenMs, endMs }: Pick<ReplayObservation, 'firstTokenMs' | 'endMs'>,
  timeMs: number,
): number | null {
  if (firstTokenMs === null || endMs === null || endMs <= firstTokenMs) return null;
  const part = (timeMs - firstTokenMs) / (endMs - firstTokenMs);
  return Math.min(STREAMED_STEPS, Math.max(0, Math.ceil(part * STREAMED_STEPS)));
}

/** The words of an answer up to a part of it, from 0 to 1. What is no text has come when all has. */
export function wordsUpTo(parts: readonly MessagePart[], part: number): MessagePart[] {
  if (part >= 1) return [...parts];
  const length = parts.reduce((sum, each) => sum + (each.type === 'text' ? each.text.length : 0), 0);
  let left = Math.floor(length * part);
  const shown: MessagePart[] = [];
  for (const each of parts) {
    if (each.type !== 'text') continue;
    if (left <= 0) break;
    shown.push({ ...each, text: left >= each.text.length ? each.text : wholeWords(each.text, left) });
    left -= each.text.length;
  }
  return shown;
}

/** The beginning of a text, up to the end of the last word that is whole within so many UTF-16 units; of one long word, a part. */
function wholeWords(text: string, units: number): string {
  const beginning = text.slice(0, units);
  if (/\s/.test(text.charAt(units))) return beginning;
  const end = beginning.search(/\s+\S*$/);
  if (end > 0) return beginning.slice(0, end);
  // Half of a surrogate pair is no character.
  return beginning.replace(/[\uD800-\uDBFF]$/, '');
}
