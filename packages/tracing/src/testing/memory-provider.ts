import {
  type Context,
  context,
  isSpanContextValid,
  type Span,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { MemorySpan } from './memory-span.js';

/** Counted, not random: a test may have replaced `Math.random` and `crypto`. One count for all, so that no id comes twice. */
let lastId = 0;

/** The spans since a moment. */
interface Memory {
  /** In order of start, those that have not ended too. */
  readonly started: MemorySpan[];
  /** In order of end. */
  readonly ended: MemorySpan[];
}

/** A tracer provider that records every span and keeps it. */
export class MemoryProvider implements TracerProvider {
  #memory: Memory = { started: [], ended: [] };

  get memory(): Memory {
    return this.#memory;
  }

  /** Forgets all spans, those that still run too. */
  clear(): void {
    this.#memory = { started: [], ended: [] };
  }

  getTracer(): Tracer {
    return {
      startSpan: (name, options, parent) => this.#start(name, options, parent),
      startActiveSpan: (name: string, ...rest: readonly unknown[]) => this.#startActive(name, rest),
    };
  }

  #start(name: string, { attributes, root, startTime }: SpanOptions = {}, parent: Context = context.active()): Span {
    const given = root ? undefined : trace.getSpanContext(parent);
    const parentSpanContext = given && isSpanContextValid(given) ? given : undefined;
    const traceId = parentSpanContext?.traceId ?? nextId(32);
    const { ended, started } = this.#memory;
    const span = new MemorySpan({
      name,
      spanContext: { traceId, spanId: nextId(16), traceFlags: TraceFlags.SAMPLED },
      parentSpanContext,
      startTime,
      attributes,
      onEnd: (span) => ended.push(span),
    });
    started.push(span);
    return span;
  }

  /** `(name, fn)`, `(name, options, fn)` or `(name, options, context, fn)`. */
  #startActive<F extends (span: Span) => ReturnType<F>>(name: string, rest: readonly unknown[]): ReturnType<F> {
    const fn = rest.at(-1) as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {};
    const parent = rest.length > 2 ? (rest[1] as Context) : context.active();
    const span = this.#start(name, options, parent);
    return context.with(trace.setSpan(parent, span), () => fn(span));
  }
}

function nextId(digits: number): string {
  lastId += 1;
  return lastId.toString(16).padStart(digits, '0');
}
