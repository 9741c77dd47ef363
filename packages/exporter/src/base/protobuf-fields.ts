/** One field of a protobuf message. */
interface Field {
  readonly number: number;
  /** The whole field, including tag and length. */
  readonly whole: Buffer;
  /** The content of a length-delimited field, or the value of a varint; undefined for other types. */
  readonly value: Buffer | number | undefined;
}

const VARINT = 0;
const FIXED_64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/**
 * The fields of any protobuf message, in order.
 * @throws RangeError when the bytes are not a protobuf message, or end within a field.
 */
export function* fieldsOf(message: Buffer): IterableIterator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const tag = varint();
    let value: Buffer | number | undefined;
    switch (tag % 8) {
      case VARINT:
        value = varint();
        break;
      case FIXED_64:
        at += 8;
        break;
      case LENGTH_DELIMITED: {
        const length = varint();
        value = message.subarray(at, at + length);
        at += length;
        break;
      }
      case FIXED_32:
        at += 4;
        break;
      default:
        throw new RangeError('A field has an unknown wire type.');
    }
    if (at > message.length) throw new RangeError('A field reaches beyond the end of the message.');
    yield { number: Math.floor(tag / 8), whole: message.subarray(start, at), value };
  }
}
