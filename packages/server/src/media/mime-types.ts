/** Types by the short names that providers use, such as Bedrock's `format`. */
const BY_FORMAT: ReadonlyMap<string, string> = new Map([
  ...['png', 'jpeg', 'gif', 'webp', 'avif'].map((name): [string, string] => [name, `image/${name}`]),
  ['jpg', 'image/jpeg'],
  ...['wav', 'flac', 'ogg', 'opus', 'aac'].map((name): [string, string] => [name, `audio/${name}`]),
  ['mp3', 'audio/mpeg'],
  ['pcm16', 'audio/pcm'],
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['pdf', 'application/pdf'],
]);

/** A MIME type, or the one that a short name stands for; null for anything else. */
export function mimeTypeOf(name: string): string | null {
  if (/^[a-z]+\/[\w.+-]+$/i.test(name) && name.length <= 100) return name.toLowerCase();
  return BY_FORMAT.get(name.toLowerCase()) ?? null;
}

/** What a browser may show by itself. Neither SVG nor HTML nor PDF is among them: they can hold programs. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
  ...['audio/mpeg', 'audio/wav', 'audio/x-wav', 'audio/ogg', 'audio/flac', 'audio/aac', 'audio/opus', 'audio/mp4'],
  ...['audio/webm', 'video/mp4', 'video/webm', 'video/ogg'],
]);

/** Whether a browser may show it; all else is only saved to a file. */
export function isShown(contentType: string): boolean {
  return SHOWN.has(contentType);
}

/** How files of these types begin, a character for each byte. */
const BEGINNINGS: readonly (readonly [beginning: RegExp, type: string])[] = [
  [/^.PNG\r\n/s, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[\s\S]{4}WEBP/, 'image/webp'],
  [/^RIFF[\s\S]{4}WAVE/, 'audio/wav'],
  [/^ID3/, 'audio/mpeg'],
  [/^OggS/, 'audio/ogg'],
  [/^fLaC/, 'audio/flac'],
  [/^[\s\S]{4}ftyp/, 'video/mp4'],
  [/^.E\xdf\xa3/s, 'video/webm'],
  [/^%PDF-/, 'application/pdf'],
];

/** Found in every text that holds one of these in base64, also where JSON escapes a slash. */
export const A_BEGINNING = /iVBORw0K|\/9j\\?\/|R0lGOD[dl]|UklGR|SUQz|T2dnU|ZkxhQ|AAAA.[GWm2]Z0eX|GkXfo|JVBERi0/;

/** The type of bytes in base64 by how they begin; null where that says nothing. */
export function typeByBeginning(base64: string): string | null {
  if (!A_BEGINNING.test(base64.slice(0, 16))) return null;
  const bytes = Buffer.from(base64.slice(0, 16), 'base64').toString('latin1');
  return BEGINNINGS.find(([beginning]) => beginning.test(bytes))?.[1] ?? null;
}
