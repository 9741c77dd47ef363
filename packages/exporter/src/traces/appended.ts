import type { AttributeValue } from '@opentelemetry/api';
import { SPAN_ATTRIBUTE } from '../encode/span.js';
import { keepStrings, type Mask, type StringPolicy, writeAttribute } from '../encode/value.js';
import { ByteWriter } from '../encode/writer.js';
import type { LiveTrace } from './live-trace.js';

const NO_KEYS: ReadonlySet<string> = new Set();

/** The parts of a queued span that this class uses. */
interface MemberOfTrace {
  readonly trace: LiveTrace;
  /** Keys set on the span itself, which are not appended. */
  readonly own: ReadonlySet<string> | undefined;
}

/**
 * Encodes the attributes of a trace as bytes to append to each of its encoded spans. Protobuf allows this: a repeated field may
 * continue anywhere in the message.
 */
export class AppendedAttributes {
  readonly #defaults: ReadonlyMap<string, AttributeValue>;
  readonly #strings: StringPolicy;
  readonly #refresh: (trace: LiveTrace) => void;
  readonly #writer = new ByteWriter();

  /**
   * @param defaults used when neither the span nor its trace has a value.
   * @param refresh reads the trace attributes of the trace's open spans.
   */
  constructor(defaults: ReadonlyMap<string, AttributeValue>, refresh: (trace: LiveTrace) => void, mask?: Mask) {
    this.#defaults = defaults;
    this.#refresh = refresh;
    this.#strings = { ...keepStrings, mask };
  }

  /** Returns the bytes to append to each span of one batch. Each trace is refreshed once per batch. */
  forBatch(): (span: MemberOfTrace) => Uint8Array {
    /** For spans without trace attributes of their own, which are most. */
    const shared = new Map<LiveTrace, Uint8Array>();
    /** For those whose trace has no attributes either. */
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
