import type { AttributeValue } from '@opentelemetry/api';
import { SPAN_ATTRIBUTE } from '../encode/span.js';
import { keepStrings, type Mask, type StringPolicy, writeAttribute } from '../encode/value.js';
import { ByteWriter } from '../encode/writer.js';
import type { LiveTrace } from './live-trace.js';

const NO_KEYS: ReadonlySet<string> = new Set();

/** A queued span, as far as its trace matters. */
interface MemberOfTrace {
  readonly trace: LiveTrace;
  /** Attributes that the span has itself, which are not appended. */
  readonly own: ReadonlySet<string> | undefined;
}

/**
 * The attributes that a trace gives to its encoded spans, as bytes to append to each of them: protobuf takes a repeated field
 * from wherever in the message it stands.
 */
export class AppendedAttributes {
  readonly #defaults: ReadonlyMap<string, AttributeValue>;
  readonly #strings: StringPolicy;
  readonly #refresh: (trace: LiveTrace) => void;
  readonly #writer = new ByteWriter();

  /**
   * @param defaults for spans whose trace has no value of its own.
   * @param refresh brings a trace's values up to date.
   */
  constructor(defaults: ReadonlyMap<string, AttributeValue>, refresh: (trace: LiveTrace) => void, mask?: Mask) {
    this.#defaults = defaults;
    this.#refresh = refresh;
    this.#strings = { ...keepStrings, mask };
  }

  /** What is appended to each span of one batch. A trace is brought up to date once in a batch. */
  forBatch(): (span: MemberOfTrace) => Uint8Array {
    /** For spans that have no trace attribute of their own, which are most. */
    const shared = new Map<LiveTrace, Uint8Array>();
    /** For those whose trace says nothing either. */
    let defaults: Uint8Array | undefined;
    return ({ own, trace }) => {
      let bytes = shared.get(trace);
      if (bytes === undefined) {
        this.#refresh(trace);
        if (trace.size === 0) defaults ??= this.#encode(trace, NO_KEYS);
        bytes = trace.size === 0 && defaults ? defaults : this.#encode(trace, NO_KEYS);
        shared.set(trace, bytes);
      }
      return own === undefined || bytes.length === 0 ? bytes : this.#encode(trace, own);
    };
  }

  #encode(trace: LiveTrace, own: ReadonlySet<string>): Uint8Array {
    this.#writer.reset();
    for (const [key, value] of trace.attributes) {
      if (!own.has(key)) writeAttribute(this.#writer, SPAN_ATTRIBUTE, key, value, this.#strings);
    }
    for (const [key, value] of this.#defaults) {
      if (!own.has(key) && trace.get(key) === undefined)
        writeAttribute(this.#writer, SPAN_ATTRIBUTE, key, value, this.#strings);
    }
    return this.#writer.toBuffer();
  }
}
