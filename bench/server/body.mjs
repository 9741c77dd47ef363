import { numbers } from '../lib/random.mjs';

/*
 * Bodies of OTLP in protobuf, written by hand so that making them costs next to nothing: of a body only the ids change from one
 * request to the next. Field numbers: opentelemetry-proto 1.x.
 */

/** What a span of a few hundred bytes says: 20,000 of them fit into one body. */
export const shortText = () => 'Paris?';

/** Of the input; the output is a little shorter, so that a span has about 2 kB. */
const CHARACTERS = 1_003;
const SAME_TEXT = 'What is the capital of France, and why was it moved there? '.repeat(17);

/** What every span says. */
export const sameText = () => SAME_TEXT;

/** A text of its own for every span, of words that are frequent and rare as in a language. */
export function textsOfTheirOwn(seed) {
  const random = numbers(seed);
  return () => {
    let text = '';
    while (text.length < CHARACTERS) text += `${wordOf(Math.floor(20_000 ** random()))} `;
    return text.slice(0, CHARACTERS);
  };
}

/** A word of two to five syllables: the lower the number, the shorter. */
function wordOf(number) {
  let word = '';
  for (let rest = number + 20; rest > 0; rest = Math.floor(rest / 80)) {
    word += 'bdfghklmnprstvwz'[rest % 16] + 'aeiou'[Math.floor(rest / 16) % 5];
  }
  return word;
}

/** A request with so many spans of one trace, and where their ids stand in it. */
export class Body {
  #bytes;
  #traceIdsAt = [];
  #spanIdsAt = [];

  /**
   * @param {number} spans
   * @param {string} sessionId of fixed length: it is written into the bytes
   * @param {() => string} nextText what the next span says
   */
  constructor(spans, sessionId, nextText = sameText) {
    const parts = Array.from({ length: spans }, () => message(2, span(sessionId, nextText())));
    const resourceSpans = message(1, message(2, Buffer.concat(parts)));
    this.#bytes = resourceSpans;
    for (let at = this.#bytes.indexOf(TRACE_ID); at !== -1; at = this.#bytes.indexOf(TRACE_ID, at + 1)) {
      this.#traceIdsAt.push(at);
    }
    for (let at = this.#bytes.indexOf(SPAN_ID); at !== -1; at = this.#bytes.indexOf(SPAN_ID, at + 1)) {
      this.#spanIdsAt.push(at);
    }
  }

  /** The body with the ids of this trace; the bytes are reused. */
  with(trace, sender) {
    for (const at of this.#traceIdsAt)
      this.#bytes.writeUInt32BE(sender + 1, at) && this.#bytes.writeUInt32BE(trace, at + 4);
    this.#spanIdsAt.forEach((at, index) => void this.#bytes.writeUInt32BE(index + 1, at + 4));
    return this.#bytes;
  }
}

const TRACE_ID = Buffer.from('7a'.repeat(16), 'hex');
const SPAN_ID = Buffer.from('6b'.repeat(8), 'hex');

function span(sessionId, said) {
  const given = {
    'session.id': sessionId,
    'gen_ai.request.model': 'gpt-4o-mini',
    'input.value': JSON.stringify([{ role: 'user', content: said }]),
    'output.value': JSON.stringify({ role: 'assistant', content: said.slice(0, 900) }),
  };
  const attributes = Object.entries(given).map(([key, value]) =>
    message(9, Buffer.concat([text(1, key), message(2, text(1, value))])),
  );
  const time = Buffer.alloc(18);
  time.writeUInt8((7 << 3) | 1, 0);
  time.writeBigUInt64LE(1_730_000_000_000_000_000n, 1);
  time.writeUInt8((8 << 3) | 1, 9);
  time.writeBigUInt64LE(1_730_000_001_000_000_000n, 10);
  return Buffer.concat([message(1, TRACE_ID), message(2, SPAN_ID), text(5, 'chat'), time, ...attributes]);
}

function text(field, value) {
  return message(field, Buffer.from(value));
}

function message(field, content) {
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
