import {
  type Attributes,
  type AttributeValue,
  type Exception,
  type HrTime,
  type Span,
  type SpanContext,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import { timeOf, toMilliseconds } from '../base/time.js';

/** What a span is started with. */
export interface MemorySpanStart {
  readonly name: string;
  readonly spanContext: SpanContext;
  readonly parentSpanContext: SpanContext | undefined;
  readonly startTime: TimeInput | undefined;
  readonly attributes: Attributes | undefined;
  readonly onEnd: (span: MemorySpan) => void;
}

/** A span that is kept, with what `SdkSpan` shows of it. No limits: a test sees what was written. */
export class MemorySpan implements Span {
  readonly parentSpanContext: SpanContext | undefined;
  readonly attributes: Record<string, AttributeValue | undefined> = {};
  readonly startTime: HrTime;
  endTime: HrTime | undefined;
  name: string;
  status: SpanStatus = { code: SpanStatusCode.UNSET };
  readonly #spanContext: SpanContext;
  readonly #onEnd: (span: MemorySpan) => void;

  constructor({ attributes, name, onEnd, parentSpanContext, spanContext, startTime }: MemorySpanStart) {
    this.name = name;
    this.parentSpanContext = parentSpanContext;
    this.startTime = hrTime(startTime);
    this.#spanContext = spanContext;
    this.#onEnd = onEnd;
    this.setAttributes(attributes ?? {});
  }

  get ended(): boolean {
    return this.endTime !== undefined;
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.ended) this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) this.setAttribute(key, value);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (!this.ended) this.status = status;
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = name;
    return this;
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return;
    this.endTime = hrTime(endTime);
    this.#onEnd(this);
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  /** The level and the status message tell of it already. */
  recordException(_exception: Exception): void {}
}

function hrTime(time: TimeInput | undefined): HrTime {
  const given = timeOf(time);
  const ms = given === undefined ? Date.now() : toMilliseconds(given);
  const seconds = Math.floor(ms / 1e3);
  return [seconds, Math.round((ms - seconds * 1e3) * 1e6)];
}
