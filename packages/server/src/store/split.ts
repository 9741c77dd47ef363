import { endOfString } from '../base/json-depth.js';

const SHORTEST_PIECE = 128;

/**
 * Splits JSON text where a conversation repeats itself: at the elements of an array that is the whole text or a field of its
 * object. The pieces joined are the text, byte for byte, for any text: a bad split only costs space.
 */
export function splitText(text: string): string[] {
  if (text.length < SHORTEST_PIECE * 2 || (text[0] !== '[' && text[0] !== '{')) return [text];
  const pieces: string[] = [];
  let cut = 0;
  const take = (start: number, end: number) => {
    if (end - start < SHORTEST_PIECE) return;
    if (start > cut) pieces.push(text.slice(cut, start));
    pieces.push(text.slice(start, end));
    cut = end;
  };
  const elementDepth = text[0] === '[' ? 1 : 2;
  let depth = 0;
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        if (depth === elementDepth && start === -1) start = at;
        depth += 1;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        if (depth === elementDepth && start !== -1) {
          take(start, at + 1);
          start = -1;
        }
        break;
    }
  }
  if (cut < text.length) pieces.push(text.slice(cut));
  return pieces;
}
