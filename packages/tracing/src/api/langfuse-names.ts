/**
 * The names that `@langfuse/tracing` gives to the same things, versions 4 and 5, so that code written for it runs when
 * package.json has `"@langfuse/tracing": "npm:@powerrag/tracing"`. Nothing is defined here but names.
 */
import type { Span } from '@opentelemetry/api';
import { type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
import type {
  AttributesByType,
  GenerationAttributes,
  StartActiveObservationOptions,
  StartObservationOptions,
  TraceAttributes,
} from '../base/types.js';
import { Observation } from '../record/observation.js';
import type { PropagateAttributesOptions, PropagatedPrompt } from './propagate.js';

export {
  getTracer as getLangfuseTracer,
  getTracerProvider as getLangfuseTracerProvider,
  setTracerProvider as setLangfuseTracerProvider,
} from '../otel/provider.js';

export type LangfuseObservationType = ObservationType;
export type LangfuseObservation = { [T in ObservationType]: Observation<T> }[ObservationType];
export type LangfuseObservationAttributes = GenerationAttributes;
export type LangfuseTraceAttributes = TraceAttributes;
export type LangfuseSpanAttributes = AttributesByType['span'];
export type LangfuseGenerationAttributes = AttributesByType['generation'];
export type LangfuseEventAttributes = AttributesByType['event'];
export type LangfuseEmbeddingAttributes = AttributesByType['embedding'];
export type LangfuseAgentAttributes = AttributesByType['agent'];
export type LangfuseToolAttributes = AttributesByType['tool'];
export type LangfuseChainAttributes = AttributesByType['chain'];
export type LangfuseRetrieverAttributes = AttributesByType['retriever'];
export type LangfuseEvaluatorAttributes = AttributesByType['evaluator'];
export type LangfuseGuardrailAttributes = AttributesByType['guardrail'];

export type StartObservationOpts = StartObservationOptions;
export type StartActiveObservationContext = StartActiveObservationOptions;
export type StartActiveObservationOpts = StartActiveObservationOptions;
export type PropagateAttributesParams = PropagateAttributesOptions;
export type PropagatedPromptInput = PropagatedPrompt;

/** A class of Langfuse's for one observation type: `new` sets the type on a span, `instanceof` tests the type. */
interface ObservationClass<T extends ObservationType> {
  new (params: { otelSpan: Span; attributes?: AttributesByType[T] }): Observation<T>;
}

function classOf<T extends ObservationType>(type: T): ObservationClass<T> {
  return class extends Observation<T> {
    constructor(params: { otelSpan: Span; attributes?: AttributesByType[T] }) {
      super(params.otelSpan, type);
      params.otelSpan.setAttribute(SpanAttributeKeys.observationType, type);
      if (params.attributes) this.update(params.attributes);
    }

    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Observation && value.type === type;
    }
  };
}

export type LangfuseSpan = Observation<'span'>;
export type LangfuseGeneration = Observation<'generation'>;
export type LangfuseEvent = Observation<'event'>;
export type LangfuseEmbedding = Observation<'embedding'>;
export type LangfuseAgent = Observation<'agent'>;
export type LangfuseTool = Observation<'tool'>;
export type LangfuseChain = Observation<'chain'>;
export type LangfuseRetriever = Observation<'retriever'>;
export type LangfuseEvaluator = Observation<'evaluator'>;
export type LangfuseGuardrail = Observation<'guardrail'>;

export const LangfuseSpan: ObservationClass<'span'> = /* @__PURE__ */ classOf('span');
export const LangfuseGeneration: ObservationClass<'generation'> = /* @__PURE__ */ classOf('generation');
export const LangfuseEvent: ObservationClass<'event'> = /* @__PURE__ */ classOf('event');
export const LangfuseEmbedding: ObservationClass<'embedding'> = /* @__PURE__ */ classOf('embedding');
export const LangfuseAgent: ObservationClass<'agent'> = /* @__PURE__ */ classOf('agent');
export const LangfuseTool: ObservationClass<'tool'> = /* @__PURE__ */ classOf('tool');
export const LangfuseChain: ObservationClass<'chain'> = /* @__PURE__ */ classOf('chain');
export const LangfuseRetriever: ObservationClass<'retriever'> = /* @__PURE__ */ classOf('retriever');
export const LangfuseEvaluator: ObservationClass<'evaluator'> = /* @__PURE__ */ classOf('evaluator');
export const LangfuseGuardrail: ObservationClass<'guardrail'> = /* @__PURE__ */ classOf('guardrail');

/** `observationStatusMessage` is `OBSERVATION_STATUS_MESSAGE`. */
type InCapitals<Name extends string> = Name extends `${infer Letter}${infer Rest}`
  ? Letter extends Lowercase<Letter>
    ? `${Uppercase<Letter>}${InCapitals<Rest>}`
    : `_${Letter}${InCapitals<Rest>}`
  : Name;

type KeysInCapitals<Keys> = { readonly [Name in keyof Keys & string as InCapitals<Name>]: Keys[Name] };

function inCapitals<Keys extends object>(keys: Keys): KeysInCapitals<Keys> {
  const entries = Object.entries(keys).map(([name, key]) => [name.replace(/[A-Z]/g, '_$&').toUpperCase(), key]);
  return Object.fromEntries(entries);
}

/** The wire keys under Langfuse's names. A key without a name of ours is only read by a server, never written. */
// In a call, so that a bundler can remove the table: it must assume that reading a property has side effects.
export const LangfuseOtelSpanAttributes = /* @__PURE__ */ (() =>
  ({
    ...inCapitals(SpanAttributeKeys),
    TRACE_USER_ID: SpanAttributeKeys.userId,
    TRACE_SESSION_ID: SpanAttributeKeys.sessionId,
    AS_ROOT: 'langfuse.internal.as_root',
    EXPERIMENT_ID: 'langfuse.experiment.id',
    EXPERIMENT_NAME: 'langfuse.experiment.name',
    EXPERIMENT_DESCRIPTION: 'langfuse.experiment.description',
    EXPERIMENT_METADATA: 'langfuse.experiment.metadata',
    EXPERIMENT_DATASET_ID: 'langfuse.experiment.dataset.id',
    EXPERIMENT_ITEM_ID: 'langfuse.experiment.item.id',
    EXPERIMENT_ITEM_EXPECTED_OUTPUT: 'langfuse.experiment.item.expected_output',
    EXPERIMENT_ITEM_METADATA: 'langfuse.experiment.item.metadata',
    EXPERIMENT_ITEM_ROOT_OBSERVATION_ID: 'langfuse.experiment.item.root_observation_id',
    TRACE_COMPAT_USER_ID: 'langfuse.user.id',
    TRACE_COMPAT_SESSION_ID: 'langfuse.session.id',
  }) as const)();
export type LangfuseOtelSpanAttributes = (typeof LangfuseOtelSpanAttributes)[keyof typeof LangfuseOtelSpanAttributes];
