/** From how many characters on a text is looked at. */
const MIN_LENGTH = 1000;
/** Each part ends where the next begins, so that it takes no longer than the text is. */
const DATA_URI = /data:([\w.+/-]{0,99})(?:;[\w.=-]{0,99})?;base64,/;
/** Searched for: to match all of a large text otherwise takes more stack than there is. */
const NOT_BASE64 = /[^\w+/=\r\n-]/;
/** Where model providers have media in base64: `data`, `image`, `images`, `b64_json`, `base64`, `bytes`, `result`. */
const MEDIA_KEY = /data|image|audio|64|bytes|result/;

/**
 * A text with its media in base64 replaced by a placeholder: data URIs by `[image/png: 600000 bytes]`, wherever they are, and a text that
 * is nothing but base64, where its key says that it is media, by `[data: 600000 bytes]`. What it is, providers say beside it.
 * @param key the key that the text is under
 */
export function withoutMedia(text: string, key: string): string {
  if (text.length < MIN_LENGTH) return text;
  const isMedia = MEDIA_KEY.test(key) && !NOT_BASE64.test(text);
  // Looking for one text takes a small part of the time of an expression.
  if (!isMedia && !text.includes(';base64,')) return text;
  const [start = '', ...found] = isMedia ? ['', key, text] : text.split(DATA_URI);
  return found.reduce((before, part, index) => {
    if (index % 2 === 0) return `${before}[${part}: `;
    const length = `${part} `.search(NOT_BASE64);
    return `${before}${Math.floor(length * 0.75)} bytes]${part.slice(length)}`;
  }, start);
}
