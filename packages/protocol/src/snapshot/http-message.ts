import { isObject, ownValue, read, tagOf, textAt } from './inert.js';

/** What a person wants to see of an HTTP message. The rest is sockets, parsers and buffers. */
const FIELDS = ['method', 'url', 'status', 'statusCode', 'headers', 'params', 'query', 'body'];

/**
 * The fields of an HTTP request or response that are worth recording: of Node's (also under Express and NestJS), of the web's, and of a
 * framework's object that has one of these as `raw` (Fastify, Hono). `undefined` for anything else. Calls nothing of the object.
 */
export function httpMessage(value: object): object | undefined {
  const message = [value, read(value, 'raw')].find(isMessage);
  if (!isObject(message)) return undefined;
  const fields: Record<string, unknown> = {};
  for (const name of FIELDS) {
    const field = name === 'headers' ? headersOf(message) : (read(value, name) ?? read(message, name));
    const isStream = name === 'body' && tagOf(field) === 'ReadableStream';
    if (field !== null && field !== '' && typeof field !== 'function' && !isStream) fields[name] = field;
  }
  // Routers of Express cut their own path off `url`.
  const url = textAt(value, 'originalUrl');
  if (url) fields.url = url;
  return fields;
}

function isMessage(value: unknown): boolean {
  return (
    isObject(value) &&
    // The platform's own: the headers of others, such as node-fetch's, are behind getters that are not run.
    ((tagOf(read(value, 'headers')) === 'Headers' && /^Re(quest|sponse)$/.test(String(tagOf(value)))) ||
      // Node's: `rawHeaders` of what has come in, `_header` of what goes out.
      Array.isArray(ownValue(value, 'rawHeaders')) ||
      Object.hasOwn(value, '_header'))
  );
}

/** By name in lower case. */
function headersOf(message: object): object | undefined {
  const headers = read(message, 'headers');
  if (tagOf(headers) === 'Headers' && headers instanceof Headers)
    return Object.fromEntries(Headers.prototype.entries.call(headers));
  const raw = ownValue(message, 'rawHeaders');
  if (!Array.isArray(raw)) return undefined;
  // Names and values by turns.
  return Object.fromEntries(
    raw.flatMap((name, index) => (index % 2 ? [] : [[String(name).toLowerCase(), raw[index + 1]]])),
  );
}
