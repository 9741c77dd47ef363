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
