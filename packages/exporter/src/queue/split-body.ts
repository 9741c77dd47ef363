import { fieldsOf, LENGTH_DELIMITED } from '../base/protobuf-fields.js';

/**
 * Splits the body of an OTLP export request into the first `count` spans and the rest. Both parts keep resource and scope.
 * @throws RangeError when the body is not an OTLP export request.
 */
export function splitBody(body: Buffer, count: number): readonly [Buffer, Buffer] {
  let left = count;
  const [first, rest] = splitLevel(body, RESOURCE_SPANS, (resourceSpans) =>
    splitLevel(resourceSpans, SCOPE_SPANS, (scopeSpans) =>
      splitLevel(scopeSpans, SPAN, (span) => (left-- > 0 ? [span, undefined] : [undefined, span])),
    ),
  );
  return [first ?? Buffer.alloc(0), rest ?? Buffer.alloc(0)];
}

/** Numbers of the repeated field at each level of the message. */
const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
const SPAN = 2;

type Parts = readonly [Buffer | undefined, Buffer | undefined];

/** Splits the repeated field and copies every other field to both parts. A part without the repeated field is undefined. */
function splitLevel(message: Buffer, repeated: number, splitOne: (content: Buffer) => Parts): Parts {
  const parts: [Buffer[], Buffer[]] = [[], []];
  const isEmpty: [boolean, boolean] = [true, true];
  for (const { number, value, whole } of fieldsOf(message)) {
    if (number !== repeated || !Buffer.isBuffer(value)) {
      parts[0].push(whole);
      parts[1].push(whole);
      continue;
    }
    for (const [side, half] of splitOne(value).entries()) {
      const target = side === 0 ? 0 : 1;
      if (half === undefined) continue;
      isEmpty[target] = false;
      parts[target].push(varint(number * 8 + LENGTH_DELIMITED), varint(half.length), half);
    }
  }
  const join = (side: 0 | 1): Buffer | undefined => (isEmpty[side] ? undefined : Buffer.concat(parts[side]));
  return [join(0), join(1)];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
