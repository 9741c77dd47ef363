import type { AttributeValue } from '@opentelemetry/api';
import type { LiveTrace } from '../live-traces.js';
import { SPAN_ATTRIBUTE } from './span.js';
import { keepStrings, type Mask, type StringPolicy, writeAttribute } from './value.js';
import { ByteWriter } from './writer.js';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * The attributes that a trace gives to its encoded spans, as bytes to append to each of them: protobuf takes a repeated field
 * from wherever in the message it stands.
 */
export class AppendedAttributes {
  readonly #defaults: ReadonlyMap<string, AttributeValue>;
  readonly #strings: StringPolicy;
  readonly #writer = new ByteWriter();
  /** For spans that have no trace attribute of their own, which are most; made again when the trace has changed. */
  readonly #shared = new WeakMap<LiveTrace, { readonly version: number; readonly bytes: Uint8Array }>();

  /** @param defaults for spans whose trace has no value of its own. */
  constructor(defaults: ReadonlyMap<string, AttributeValue>, mask?: Mask) {
    this.#defaults = defaults;
    this.#strings = { ...keepStrings, mask };
  }

  /** @param own attributes that the span has itself, which are not appended. */
  of(trace: LiveTrace, own: ReadonlySet<string> | undefined): Uint8Array {
    if (own !== undefined) return this.#encode(trace, own);
    const known = this.#shared.get(trace);
    if (known?.version === trace.version) return known.bytes;
    const bytes = this.#encode(trace, NOTHING);
    this.#shared.set(trace, { version: trace.version, bytes });
    return bytes;
  }

  #encode(trace: LiveTrace, own: ReadonlySet<string>): Uint8Array {
    this.#writer.reset();
    for (const [key, value] of trace.values()) {
      if (!own.has(key)) writeAttribute(this.#writer, SPAN_ATTRIBUTE, key, value, this.#strings);
    }
    for (const [key, value] of this.#defaults) {
      if (!own.has(key) && trace.valueOf(key) === undefined)
        writeAttribute(this.#writer, SPAN_ATTRIBUTE, key, value, this.#strings);
    }
    return this.#writer.toBuffer();
  }
}
