/** A part of a text as a text of its own: `slice` alone keeps all of the text in memory. */
export function detachedSlice(text: string, start: number, end: number): string {
  return Buffer.from(text.slice(start, end), 'utf16le').toString('utf16le');
}
