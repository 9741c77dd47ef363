import { type Json, type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
import { statedCost } from '../observation/model-call.js';
import {
  type Observation,
  type PlaceField,
  type PlaceStrength,
  PlaceStrengths,
  type TraceAttributes,
} from '../observation/observation.js';
import { responseIdOf } from '../observation/response-id.js';
import type { OtlpSpan } from '../otlp/otlp.js';
import * as agentOps from './agentops.js';
import * as aiSdk from './ai-sdk.js';
import * as ax from './ax.js';
import { boundNumbers, momentOrNull } from './bounds.js';
import * as braintrust from './braintrust.js';
import * as claudeCode from './claude-code.js';
import { cost } from './cost.js';
import { firstTokenEventMs, instantAt, msToFirstToken } from './first-token.js';
import * as frameworks from './frameworks.js';
import * as geminiCli from './gemini-cli.js';
import * as genAi from './gen-ai.js';
import * as genkit from './genkit.js';
import * as googleAdk from './google-adk.js';
import * as haystack from './haystack.js';
import * as laminar from './laminar.js';
import * as langfuse from './langfuse.js';
import * as langtrace from './langtrace.js';
import * as langWatch from './langwatch.js';
import * as litellm from './litellm.js';
import * as livekit from './livekit.js';
import * as logfire from './logfire.js';
import * as loongSuite from './loongsuite.js';
import * as mlflow from './mlflow.js';
import * as openInference from './open-inference.js';
import * as otel from './otel.js';
import * as pipecat from './pipecat.js';
import * as pydanticAi from './pydantic-ai.js';
import { sessionOf } from './session.js';
import { firstOf, type Rule, SpanReader, textOf } from './span-reader.js';
import * as springAi from './spring-ai.js';
import * as traceloop from './traceloop.js';
import * as voltAgent from './voltagent.js';
import * as words from './words.js';

/**
 * The conventions that know the type, in the order in which they are asked, for this and for all fields in `rules`: first
 * Langfuse's keys, which are ours, then the more particular convention before the more general one, since a library that
 * writes two copies the general from its own.
 */
const namedType: Rule<ObservationType> = firstOf(
  langfuse.type,
  aiSdk.type,
  openInference.type,
  frameworks.type,
  genkit.type,
  mlflow.type,
  claudeCode.type,
  geminiCli.type,
  voltAgent.type,
  ax.type,
  pipecat.type,
  livekit.type,
  haystack.type,
  logfire.type,
  springAi.type,
  laminar.type,
  agentOps.type,
  braintrust.type,
  langWatch.type,
  genAi.type,
  pydanticAi.type,
  loongSuite.type,
  traceloop.type,
  langtrace.type,
  googleAdk.type,
  openInference.typeByKeys,
  genAi.typeByKeys,
  langfuse.typeByKeys,
);

/** LiteLLM's callback for Langfuse calls each request a generation, and says in other keys which are for embeddings. */
const typeOf: Rule<ObservationType> = (span) => {
  const named = namedType(span);
  return named === 'generation' && kindOfRequest(span) === 'embedding' ? 'embedding' : named;
};
const kindOfRequest = firstOf(openInference.type, genAi.type, traceloop.type);

const rules = {
  name: firstOf(
    langfuse.name,
    aiSdk.name,
    openInference.name,
    claudeCode.name,
    voltAgent.name,
    ax.name,
    pipecat.name,
    livekit.name,
    haystack.name,
    logfire.name,
    springAi.name,
    genAi.name,
    traceloop.name,
    agentOps.name,
  ),
  userId: firstOf(
    langfuse.userId,
    langfuse.userIdInMetadata,
    aiSdk.userId,
    traceloop.userId,
    frameworks.userId,
    litellm.userId,
    laminar.userId,
    langWatch.userId,
    loongSuite.userId,
    otel.userId,
  ),
  tags: firstOf(
    langfuse.tags,
    aiSdk.tags,
    openInference.tags,
    frameworks.tags,
    laminar.tags,
    braintrust.tags,
    langWatch.tags,
  ),
  level: firstOf(langfuse.level, claudeCode.level, otel.level),
  model: firstOf(
    aiSdk.model,
    openInference.model,
    genkit.model,
    mlflow.model,
    genAi.model,
    claudeCode.model,
    voltAgent.model,
    loongSuite.model,
    langtrace.model,
    haystack.model,
    braintrust.model,
    openInference.modelAsked,
    mlflow.modelAsked,
  ),
  usage: firstOf(
    aiSdk.usage,
    openInference.usage,
    frameworks.usage,
    googleAdk.usage,
    genkit.usage,
    mlflow.usage,
    litellm.usage,
    claudeCode.usage,
    voltAgent.usage,
    langtrace.usage,
    haystack.usage,
    langWatch.usage,
    genAi.usage,
    ax.usageInEvent,
    braintrust.usage,
  ),
  cost,
  provider: firstOf(
    aiSdk.provider,
    openInference.provider,
    genkit.provider,
    mlflow.provider,
    genAi.provider,
    loongSuite.provider,
  ),
  modelParameters: firstOf(
    langfuse.modelParameters,
    aiSdk.modelParameters,
    openInference.modelParameters,
    genAi.modelParameters,
  ),
  firstTokenMs: firstOf(langfuse.firstTokenMs, instantAt('mastra.completion_start_time')),
  msToFirstToken: firstOf(
    aiSdk.msToFirstToken,
    genAi.msToFirstToken,
    claudeCode.msToFirstToken,
    pipecat.msToFirstToken,
    livekit.msToFirstToken,
    braintrust.msToFirstToken,
    msToFirstToken,
  ),
  prompt: firstOf(langfuse.prompt, aiSdk.prompt, genAi.prompt, traceloop.prompt),
  input: words.input,
  output: words.output,
  statusMessage: firstOf(langfuse.statusMessage, otel.statusMessage, claudeCode.statusMessage, otel.errorType),
} satisfies Record<string, Rule<unknown>>;

/** What the span itself says, and what its resource does. */
const places: { readonly [F in PlaceField]: { readonly own: Rule<string>; readonly resource: Rule<string> } } = {
  environment: {
    own: firstOf(langfuse.environment, otel.environment),
    resource: otel.fromResource(SpanAttributeKeys.environment, 'deployment.environment.name', 'deployment.environment'),
  },
  release: {
    own: langfuse.release,
    resource: otel.fromResource(SpanAttributeKeys.release, 'service.version'),
  },
  version: { own: langfuse.version, resource: otel.fromResource(SpanAttributeKeys.version) },
};

/**
 * One span in the one model, whichever convention wrote it. Pure; never throws, whatever the attributes hold. An attribute
 * that no rule claims is kept in the metadata under its own key.
 */
export function normalise(span: OtlpSpan): Observation {
  const reader = new SpanReader(span);
  reader.claim(SpanAttributeKeys.isAppRoot);
  const startMs = otel.toMs(span.startUnixNano);
  aiSdk.claimCopies(reader);
  const type = typeOf(reader) ?? 'span';
  const trace = traceFields(reader);
  const observation = {
    traceId: span.traceId,
    id: span.spanId,
    parentId: span.parentSpanId,
    type,
    name: rules.name(reader) ?? span.name,
    startMs,
    endMs: span.endUnixNano === null ? null : otel.toMs(span.endUnixNano),
    firstTokenMs:
      rules.firstTokenMs(reader) ??
      firstTokenAfter(startMs, rules.msToFirstToken(reader)) ??
      firstTokenEventMs(span) ??
      null,
    level: rules.level(reader) ?? 'DEFAULT',
    statusMessage: rules.statusMessage(reader) ?? null,
    service: otel.serviceName(reader) ?? null,
    scope: span.scope.name === '' ? null : span.scope.name,
    environment: trace.environment ?? null,
    version: trace.version ?? null,
    ...modelCall(reader, type),
    costEstimated: false,
    provider: rules.provider(reader) ?? null,
    modelParameters: rules.modelParameters(reader) ?? {},
    prompt: rules.prompt(reader) ?? null,
    body: {
      input: rules.input(reader) ?? null,
      output: rules.output(reader) ?? null,
      metadata: metadata(reader),
      events: span.events.map((event) => ({
        name: event.name,
        timeMs: otel.toMs(event.timeUnixNano),
        attributes: Object.fromEntries(event.attributes),
      })),
    },
    trace,
  };
  const { metadata: said, output } = observation.body;
  return { ...observation, responseId: responseIdOf(said, output) };
}

/**
 * An agent or a chain repeats what the model calls within it say of themselves: that is metadata. What its application gave it
 * in Langfuse's keys is its own, and shown as such. Neither is counted: the store counts model calls only.
 */
function modelCall(reader: SpanReader, type: ObservationType): Pick<Observation, 'model' | 'usage' | 'cost'> {
  const repeats = type === 'agent' || type === 'chain' || geminiCli.isToldByEvents(reader);
  const either = <T>(own: Rule<T>, other: Rule<T>) => own(reader) ?? (repeats ? undefined : other(reader));
  const usage = boundNumbers(either(langfuse.usage, rules.usage) ?? {});
  return {
    model: either(langfuse.model, rules.model) ?? null,
    usage,
    cost: statedCost(boundNumbers(either(langfuse.cost, rules.cost) ?? {}), usage),
  };
}

function traceFields(reader: SpanReader): TraceAttributes {
  const fields = {
    name: langfuse.traceName(reader),
    ...sessionOf(reader),
    userId: rules.userId(reader),
    tags: rules.tags(reader),
    input: langfuse.traceInput(reader),
    output: langfuse.traceOutput(reader),
    public: langfuse.isPublic(reader),
    ...placeFields(reader),
  };
  // Last, so that no id is metadata as well.
  const metadata = new Map(langfuse.traceMetadata(reader));
  for (const { TRACE_METADATA_PREFIX } of [traceloop, laminar]) addUnder(metadata, reader, TRACE_METADATA_PREFIX);
  return present({ ...fields, metadata: metadata.size === 0 ? undefined : Object.fromEntries(metadata) });
}

function placeFields(reader: SpanReader): Pick<TraceAttributes, PlaceField | 'placeStrengths'> {
  const isAppRoot = textOf(reader.peek(SpanAttributeKeys.isAppRoot)) === 'true';
  const values: { [F in PlaceField]?: string } = {};
  const strengths: { [F in PlaceField]?: PlaceStrength } = {};
  for (const field of ['release', 'version', 'environment'] as const) {
    const own = places[field].own(reader);
    const value = own ?? places[field].resource(reader);
    if (value === undefined) continue;
    values[field] = value;
    if (own === undefined) strengths[field] = PlaceStrengths.resource;
    // No key says the release of an observation: it is always that of the trace.
    else if (isAppRoot || field === 'release') strengths[field] = PlaceStrengths.trace;
  }
  return { ...values, ...(Object.keys(strengths).length === 0 ? {} : { placeStrengths: strengths }) };
}

/** The fields that have a value. */
function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Adds the attributes under `prefix` by the rest of their keys; by their whole keys where that is taken. */
function addUnder(entries: Map<string, Json>, reader: SpanReader, prefix: string): void {
  for (const [key, value] of reader.takeUnder(prefix)) entries.set(entries.has(key) ? prefix + key : key, value);
}

function firstTokenAfter(startMs: number, ms: number | undefined): number | null {
  return ms === undefined ? null : momentOrNull(startMs + ms);
}

/** Keys come from strangers: `Object.fromEntries` makes even `__proto__` a plain entry. */
function metadata(reader: SpanReader): Readonly<Record<string, Json>> {
  const entries = new Map<string, Json>(langfuse.metadata(reader));
  for (const prefix of [...aiSdk.METADATA_PREFIXES, ...frameworks.METADATA_PREFIXES]) addUnder(entries, reader, prefix);
  for (const [key, value] of Object.entries(openInference.metadata(reader) ?? {})) {
    entries.set(entries.has(key) ? `metadata.${key}` : key, value);
  }
  for (const [key, value] of reader.unclaimed()) entries.set(entries.has(key) ? `attribute.${key}` : key, value);
  const resource = otel.resourceMetadata(reader.span.resource);
  if (Object.keys(resource).length > 0) entries.set(entries.has('resource') ? 'otel.resource' : 'resource', resource);
  return Object.fromEntries(entries);
}
