import type { Json } from '@powerrag/protocol';
import { plural } from '../base/plural.js';
import { doubleValue, integerValue, type SpanCollector } from './collector.js';
import { eachFieldWithin, FIXED64, LENGTH, type Reader, readInt64, readText, tag, VARINT } from './protobuf-fields.js';
import { keptId } from './text.js';

const KEY_VALUE = { key: tag(1, LENGTH), value: tag(2, LENGTH) };
const ANY_VALUE = {
  string: tag(1, LENGTH),
  bool: tag(2, VARINT),
  int: tag(3, VARINT),
  double: tag(4, FIXED64),
  array: tag(5, LENGTH),
  keyValues: tag(6, LENGTH),
  bytes: tag(7, LENGTH),
};
const LIST = { values: tag(1, LENGTH) };

/** Reads the attributes of one span, event, resource or scope. */
export class AttributeReader {
  readonly map = new Map<string, Json>();
  fault: string | null = null;
  readonly #reader: Reader;
  readonly #collector: SpanCollector;

  constructor(reader: Reader, collector: SpanCollector) {
    this.#reader = reader;
    this.#collector = collector;
  }

  /** Reads one `KeyValue`. Always true: it takes the field. */
  read(): boolean {
    if (this.map.size >= this.#collector.limits.attributes && this.#leavesOut()) return true;
    const [key, value] = this.#keyValue(1);
    this.map.set(keptId(key), value);
    return true;
  }

  /** Reads an `AnyValue` that stands alone. */
  readValue(): Json {
    return this.#value(1);
  }

  /** Skips a `KeyValue` over the limit, reading only its key. False, with nothing skipped, when it must be kept. */
  #leavesOut(): boolean {
    const reader = this.#reader;
    const start = reader.pos;
    let key = '';
    eachFieldWithin(reader, this.#collector, (field) => {
      if (field !== KEY_VALUE.key) return false;
      key = keptId(readText(reader, this.#collector));
      return true;
    });
    if (!this.map.has(key) && !this.#collector.admits(this.map.size, key)) return true;
    reader.pos = start;
    return false;
  }

  #keyValue(depth: number): [string, Json] {
    this.#collector.countEntry();
    let key = '';
    let value: Json = null;
    eachFieldWithin(this.#reader, this.#collector, (field) => {
      if (field === KEY_VALUE.key) key = readText(this.#reader, this.#collector);
      else if (field === KEY_VALUE.value) value = this.#value(depth);
      else return false;
      return true;
    });
    return [key, value];
  }

  #value(depth: number): Json {
    const reader = this.#reader;
    let value: Json = null;
    eachFieldWithin(reader, this.#collector, (field) => {
      switch (field) {
        case ANY_VALUE.string:
          value = readText(reader, this.#collector);
          return true;
        case ANY_VALUE.bool:
          value = reader.bool();
          return true;
        case ANY_VALUE.int:
          value = integerValue(readInt64(reader));
          return true;
        case ANY_VALUE.double:
          value = doubleValue(reader.double());
          return true;
        case ANY_VALUE.bytes:
          value = this.#collector.text(Buffer.from(reader.bytes()).toString('base64'));
          return true;
        case ANY_VALUE.array:
        case ANY_VALUE.keyValues:
          if (depth > this.#collector.limits.depth) {
            this.fault ??= `an attribute is nested deeper than ${plural(this.#collector.limits.depth, 'level')}`;
            return false;
          }
          value = field === ANY_VALUE.array ? this.#array(depth) : this.#object(depth);
          return true;
        default:
          return false;
      }
    });
    return value;
  }

  #array(depth: number): Json {
    const values: Json[] = [];
    eachFieldWithin(this.#reader, this.#collector, (field) => {
      if (field !== LIST.values) return false;
      this.#collector.countValue();
      values.push(this.#value(depth + 1));
      return true;
    });
    return values;
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = [];
    eachFieldWithin(this.#reader, this.#collector, (field) => {
      if (field !== LIST.values) return false;
      entries.push(this.#keyValue(depth + 1));
      return true;
    });
    // `fromEntries` defines own properties, so a key `__proto__` is just a key.
    return Object.fromEntries(entries);
  }
}
