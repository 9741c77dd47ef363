import { type Context, context, type Span, type TimeInput, trace } from '@opentelemetry/api';
import { type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
import { tracePageUrl } from '../base/page-url.js';
import type { SdkSpan } from '../base/sdk-span.js';
import { timeOf, toMilliseconds } from '../base/time.js';
import type {
  AttributesByType,
  GenerationAttributes,
  StartObservationOptions,
  TraceAttributes,
} from '../base/types.js';
import { warnOnce } from '../base/warn.js';
import { updateSpan } from './attributes.js';
import { endSpan, openSpan } from './span.js';
import { updateTraceOf } from './trace-attributes.js';

/** What `using` and `await using` call when their block is left. */
interface Ending {
  /** Ends it when the block of a `using` declaration is left. It cannot see whether the block threw. */
  [Symbol.dispose](): void;
  /** Ends it when the block of an `await using` declaration is left. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * The class that has the methods of `Ending`. In a call that is marked as pure: a bundler keeps a class with a computed name even where nothing
 * uses the class.
 */
function ending(): abstract new () => Ending {
  // Compilers of `using` fall back to these symbols where the runtime has none.
  const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
  const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
  abstract class EndedByBlock {
    abstract end(): void;
    [dispose](): void {
      this.end();
    }
    async [asyncDispose](): Promise<void> {
      this.end();
    }
  }
  return EndedByBlock;
}

/** A recorded unit of work: an OpenTelemetry span with our types. None of its methods throws. */
export class Observation<T extends ObservationType = ObservationType> extends /* @__PURE__ */ ending() {
  /** The span that carries it. */
  readonly otelSpan: Span;
  readonly type: T;
  readonly #startGiven: boolean;

  /** Prefer `startObservation`. This puts a type on a span that has been started already. */
  constructor(otelSpan: Span, type: T, startGiven: boolean = false) {
    super();
    this.otelSpan = otelSpan;
    this.type = type;
    this.#startGiven = startGiven;
  }

  /** The span id: 16 hex digits, all zero when nothing is recorded. */
  get id(): string {
    return this.otelSpan.spanContext().spanId;
  }

  /** The trace id: 32 hex digits, all zero when nothing is recorded. */
  get traceId(): string {
    return this.otelSpan.spanContext().traceId;
  }

  /**
   * Its address on the replay page, for a log line or an answer; `undefined` if nothing is recorded or the page's address is unknown.
   * The page has it once it has ended and was sent, and if its trace belongs to a session.
   */
  get url(): string | undefined {
    return tracePageUrl(this.traceId, this.id);
  }

  /** Records what is given, as it is now. Later values replace earlier ones; metadata merges by key. Ignored after the end. */
  update(attributes: AttributesByType[T]): this {
    updateSpan(this.otelSpan, attributes);
    return this;
  }

  /** Like `update`, for attributes of any type. */
  updateOtelSpanAttributes(attributes: GenerationAttributes): void {
    updateSpan(this.otelSpan, attributes);
  }

  /** Records what belongs to the whole trace; PowerRAG's processor carries it to every span of the trace, earlier ones too. */
  updateTrace(attributes: TraceAttributes): this {
    updateTraceOf(this.otelSpan, attributes);
    return this;
  }

  /** Records what the whole trace was given and what came out of it. */
  setTraceIO(attributes: Pick<TraceAttributes, 'input' | 'output'>): this {
    return this.updateTrace({ input: attributes?.input, output: attributes?.output });
  }

  /**
   * Marks the trace as public. A Langfuse server lets anybody with the link read it then. A PowerRAG server keeps the mark and
   * opens nothing by it.
   */
  setTraceAsPublic(): this {
    return this.updateTrace({ public: true });
  }

  /** Starts a child of this observation, whatever is active. The child may outlive its parent. */
  startObservation<C extends ObservationType = 'span'>(
    name: string,
    attributes?: AttributesByType[C],
    options?: StartObservationOptions<C>,
  ): Observation<C> {
    return startIn(trace.setSpan(context.active(), this.otelSpan), name, attributes, options);
  }

  /**
   * Ends it. Only the first call counts. An event always ends at its start.
   * @param endTime a Date, Unix milliseconds, or `[seconds, nanoseconds]`; default now. A time before the start becomes the
   *   start, and `powerrag.observation.end_clamped_ms` says by how much.
   */
  end(endTime?: TimeInput): void {
    const span: SdkSpan = this.otelSpan;
    if (span.isRecording()) endSpan(span, () => this.#endTime(span, endTime));
  }

  #endTime(span: SdkSpan, given: TimeInput | undefined): TimeInput | undefined {
    const start = span.startTime;
    if (this.type === 'event' && start) return start;
    const time = timeOf(given);
    if (given !== undefined && time === undefined) {
      warnOnce('end() got an invalid time; using the current time');
      return undefined;
    }
    if (!start || (time === undefined && !this.#startGiven)) return time;
    const early = toMilliseconds(start) - toMilliseconds(time ?? Date.now());
    if (early <= 0) return time;
    if (early >= 1) span.setAttribute(SpanAttributeKeys.endClampedMs, early);
    return start;
  }
}

/** Starts an observation in a context; events end at once. */
export function startIn<T extends ObservationType = 'span'>(
  parent: Context,
  name: string,
  attributes?: AttributesByType[T],
  options?: StartObservationOptions<T>,
): Observation<T> {
  const observation = openIn(parent, name, attributes, options);
  if (observation.type === 'event') observation.end();
  return observation;
}

/** Starts an observation in a context and leaves it open. */
export function openIn<T extends ObservationType = 'span'>(
  parent: Context,
  name: string,
  attributes?: AttributesByType[T],
  options?: StartObservationOptions<T>,
): Observation<T> {
  const type = options?.asType ?? ('span' as T);
  const startTime = timeOf(options?.startTime);
  const startGiven = startTime !== undefined;
  const span = openSpan(parent, name, type, options?.parentSpanContext, startGiven ? { startTime } : undefined);
  if (attributes) updateSpan(span, attributes);
  return new Observation(span, type, startGiven);
}
