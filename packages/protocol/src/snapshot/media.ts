/** From how many characters on a text is looked at. */
const MIN_LENGTH = 1000;
/** From how many characters on base64 is media, whatever its key. */
const LONG = 20_000;
/** Each part ends where the next begins, so that it takes no longer than the text is. */
const DATA_URI = /data:([\w.+/-]{0,99})(?:;[\w.=-]{0,99})?;base64,/;
/** Searched for: to match all of a large text otherwise takes more stack than there is. */
const NOT_BASE64 = /[^\w+/=\r\n-]|\n(?!\S{20}|\S*$)/;
/** Where model providers have media in base64: `data`, `image`, `images`, `inputAudio`, `b64_json`, `base64`, `videoBytes`, `blob`, `result`. */
const MEDIA_KEY = /data|image|audio|64|bytes|blob|result/i;

/**
 * A text with its media in base64 replaced by a placeholder: data URIs by `[image/png: 600000 bytes]`, wherever they are, and a text that
 * is nothing but base64, where its key or its length says that it is media, by `[data: 600000 bytes]`. What it is, providers say beside it.
 * @param key the key that the text is under
 */
export function withoutMedia(text: string, key: string): string {
  if (text.length < MIN_LENGTH) return text;
  // Base64 has letters of both cases. A text of one case, such as a genome, is not media.
  const isMedia = !NOT_BASE64.test(text) && (MEDIA_KEY.test(key) || (text.length > LONG && /[a-z][A-Z]/.test(text)));
  // Looking for one text takes a small part of the time of an expression.
  if (!isMedia && !text.includes(';base64,')) return text;
  const [start = '', ...found] = isMedia ? ['', key || 'base64', text] : text.split(DATA_URI);
  return found.reduce((before, part, index) => {
    if (index % 2 === 0) return `${before}[${part}: `;
    const length = `${part} `.search(NOT_BASE64);
    return `${before}${Math.floor(length * 0.75)} bytes]${part.slice(length)}`;
  }, start);
}
