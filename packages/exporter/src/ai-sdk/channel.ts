import type { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { type Context, context, createContextKey, type TracerProvider, trace } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { read } from '@powerrag/protocol';
import { type Clock, systemClock } from '../base/clock.js';
import { Call, type Recording } from './call.js';
import { type ChannelMessage, readMessage } from './events.js';
import { ModelCall } from './model-call.js';
import type { Operation } from './operation.js';
import { SingleCall } from './single-call.js';
import { ToolCall } from './tool-call.js';

/** The channel on which the Vercel AI SDK publishes what it does, since version 7. */
export const AI_SDK_CHANNEL = 'ai:telemetry';

/** In the context of an operation of the AI SDK: that operation, until it calls a model or a tool. */
const OPERATION = createContextKey('powerrag.ai-sdk.operation');

/** Most calls that are open at once. Above it, the oldest ends as abandoned. */
const MAX_CALLS = 1_000;

/** On the channel: stops whoever listens. Test runners load this package again for each test file, in one process. */
const STOP: unique symbol = Symbol.for('powerrag.ai-sdk.stop');

export interface AiSdkTracing {
  /** Ends what is open as abandoned: nobody will read it. */
  abandonAll(): void;
  /** Stops listening, and ends what is open as abandoned. */
  stop(): void;
}

/**
 * Records what the Vercel AI SDK publishes on its channel, in place of who did so before. Never throws: what a subscriber throws would
 * end the process. Parents are known through the storage of the context manager that is registered at the call.
 */
export function traceAiSdk(provider: TracerProvider, clock: Clock = systemClock): AiSdkTracing {
  const recorder = new Recorder({ tracer: provider.getTracer('powerrag.ai-sdk'), clock });
  const channel = tracingChannel<unknown, object>(AI_SDK_CHANNEL);
  const storage = contextStorage();
  const subscribers = {
    start: (message: object) => void recorder.started(message),
    end() {},
    asyncStart() {},
    asyncEnd: (message: object) => recorder.ended(message),
    error() {},
  };
  const held: typeof channel.start & { [STOP]?: (() => void) | undefined } = channel.start;
  const stop = () => {
    if (held[STOP] !== stop) return;
    held[STOP] = undefined;
    if (storage) channel.start.unbindStore(storage);
    channel.unsubscribe(subscribers);
    recorder.abandonAll();
  };
  held[STOP]?.();
  held[STOP] = stop;
  if (storage) channel.start.bindStore(storage, (message) => recorder.started(message));
  channel.subscribe(subscribers);
  return { abandonAll: () => recorder.abandonAll(), stop };
}

/**
 * Learns of calls that an integration of the AI SDK records, such as `@ai-sdk/otel`: it starts a span of the GenAI conventions, or of
 * the older ones, within the call. A span processor, since the application may give the integration to a single call.
 */
export const noticeIntegrations: SpanProcessor = {
  onStart(span: Span, parent: Context): void {
    try {
      if (!('gen_ai.operation.name' in span.attributes || 'ai.operationId' in span.attributes)) return;
      const operation = parent.getValue(OPERATION) ?? context.active().getValue(OPERATION);
      if (operation instanceof Call || operation instanceof SingleCall) operation.isRecordedElsewhere = true;
    } catch {
      // A span or a context of somebody else that throws: the call is recorded here, too.
    }
  },
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

class Recorder {
  readonly #recording: Recording;
  /** By the message that the SDK publishes at the start, and again at the end. Nothing where nothing is recorded. */
  readonly #operations = new WeakMap<object, { readonly operation: Operation | undefined; readonly within: Context }>();
  /** Open calls by the id that what belongs to them names. */
  readonly #calls = new Map<string, Call>();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Returns the context in which the operation is to run. */
  started(message: object): Context {
    const active = context.active();
    try {
      const known = this.#operations.get(message);
      if (known) return known.within;
      const read = readMessage(message);
      const { operation, within = active } = (read && this.#start(read, active)) ?? {};
      this.#operations.set(message, { operation, within });
      return within;
    } catch {
      return active;
    }
  }

  ended(message: object): void {
    try {
      const operation = this.#operations.get(message)?.operation;
      if (!operation) return;
      this.#operations.delete(message);
      operation.end(read(message, 'result'), read(message, 'error'));
    } catch {
      // The observation stays open: a span processor of the application threw.
    }
  }

  abandonAll(): void {
    for (const call of this.#calls.values()) this.#abandon(call);
  }

  #start(message: ChannelMessage, active: Context): { operation: Operation; within: Context } | undefined {
    const { callId, type } = message;
    const call = this.#calls.get(callId);
    const outside = active.deleteValue(OPERATION);
    if (type === 'generateText' || type === 'streamText') {
      const operation = new Call(this.#recording, message, outside, () => this.#calls.delete(callId));
      this.#calls.set(callId, operation);
      this.#limitCalls();
      return { operation, within: active.setValue(OPERATION, operation) };
    }
    if (SingleCall.knows(type)) {
      const operation = new SingleCall(this.#recording, message, outside);
      return { operation, within: active.setValue(OPERATION, operation) };
    }
    if (type !== 'languageModelCall' && type !== 'executeTool') return undefined;
    if (call?.isRecordedElsewhere) return undefined;
    const operation = new (type === 'executeTool' ? ToolCall : ModelCall)(this.#recording, message, call, outside);
    return { operation, within: trace.setSpan(outside, operation.span) };
  }

  #limitCalls(): void {
    if (this.#calls.size <= MAX_CALLS) return;
    for (const call of this.#calls.values()) {
      this.#abandon(call);
      return;
    }
  }

  #abandon(call: Call): void {
    try {
      call.abandon();
    } catch {
      // As above.
    }
  }
}

/**
 * Where the registered context manager keeps the active context, if it is that of OpenTelemetry or one that extends it. Its field is
 * private, but there is no other way to make a span active for code between two events.
 */
function contextStorage(): AsyncLocalStorage<Context> | undefined {
  const api: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  const storage = read(read(api, 'context'), '_asyncLocalStorage');
  return isStorage(storage) ? storage : undefined;
}

function isStorage(value: unknown): value is AsyncLocalStorage<Context> {
  return typeof read(value, 'run') === 'function' && typeof read(value, 'getStore') === 'function';
}
