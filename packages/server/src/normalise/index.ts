import { type Json, SpanAttributeKeys } from '@powerrag/protocol';
import type { Observation, TraceFields } from '../observation.js';
import type { OtlpSpan } from '../otlp.js';
import * as genAi from './gen-ai.js';
import * as langfuse from './langfuse.js';
import * as otel from './otel.js';
import { firstOf, type Rule, SpanReader } from './span-reader.js';

/** For each field the conventions that know it, in the order in which they are asked. */
const rules = {
  type: firstOf(langfuse.type, genAi.type),
  sessionId: firstOf(
    langfuse.sessionId,
    genAi.sessionId,
    langfuse.sessionIdInMetadata,
    otel.fromResource('session.id'),
  ),
  userId: firstOf(langfuse.userId, langfuse.userIdInMetadata, otel.userId),
  environment: firstOf(
    langfuse.environment,
    otel.environment,
    otel.fromResource(SpanAttributeKeys.environment, 'deployment.environment.name', 'deployment.environment'),
  ),
  release: firstOf(langfuse.release, otel.fromResource(SpanAttributeKeys.release, 'service.version')),
  version: firstOf(langfuse.version, otel.fromResource(SpanAttributeKeys.version)),
  level: firstOf(langfuse.level, otel.level),
  model: firstOf(langfuse.model, genAi.model),
  modelParameters: firstOf(langfuse.modelParameters, genAi.modelParameters),
  usage: firstOf(langfuse.usage, genAi.usage),
  cost: firstOf(langfuse.cost, genAi.cost),
  input: firstOf(langfuse.input, genAi.input),
  output: firstOf(langfuse.output, genAi.output),
  statusMessage: firstOf(langfuse.statusMessage, otel.statusMessage),
} satisfies Record<string, Rule<unknown>>;

/**
 * One span in the one model, whichever convention wrote it. Pure; never throws, whatever the attributes hold. An attribute
 * that no rule claims is kept in the metadata under its own key.
 */
export function normalise(span: OtlpSpan): Observation {
  const reader = new SpanReader(span);
  reader.claim(SpanAttributeKeys.isAppRoot);
  const startMs = otel.toMs(span.startUnixNano);
  const environment = rules.environment(reader) ?? null;
  const version = rules.version(reader) ?? null;
  const trace = traceFields(reader, environment, version);
  return {
    traceId: span.traceId,
    id: span.spanId,
    parentId: span.parentSpanId,
    type: rules.type(reader) ?? 'span',
    name: span.name,
    startMs,
    endMs: span.endUnixNano === null ? null : otel.toMs(span.endUnixNano),
    firstTokenMs: langfuse.firstTokenMs(reader) ?? null,
    level: rules.level(reader) ?? 'DEFAULT',
    statusMessage: rules.statusMessage(reader) ?? null,
    service: otel.serviceName(reader) ?? null,
    scope: span.scope.name === '' ? null : span.scope.name,
    environment,
    version,
    model: rules.model(reader) ?? null,
    provider: genAi.provider(reader) ?? null,
    modelParameters: rules.modelParameters(reader) ?? {},
    usage: rules.usage(reader) ?? {},
    cost: rules.cost(reader) ?? {},
    prompt: langfuse.prompt(reader) ?? null,
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
}

function traceFields(reader: SpanReader, environment: string | null, version: string | null): TraceFields {
  const metadata = langfuse.traceMetadata(reader);
  return present({
    name: langfuse.traceName(reader),
    sessionId: rules.sessionId(reader),
    userId: rules.userId(reader),
    tags: langfuse.tags(reader),
    metadata: metadata.length === 0 ? undefined : Object.fromEntries(metadata),
    input: langfuse.traceInput(reader),
    output: langfuse.traceOutput(reader),
    public: langfuse.isPublic(reader),
    release: rules.release(reader),
    version: version ?? undefined,
    environment: environment ?? undefined,
  });
}

/** The fields that have a value. */
function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Keys come from strangers: `Object.fromEntries` makes even `__proto__` a plain entry. */
function metadata(reader: SpanReader): Readonly<Record<string, Json>> {
  const entries = new Map<string, Json>(langfuse.metadata(reader));
  for (const [key, value] of reader.unclaimed()) entries.set(entries.has(key) ? `attribute.${key}` : key, value);
  const resource = otel.resourceMetadata(reader.span.resource);
  if (Object.keys(resource).length > 0) entries.set(entries.has('resource') ? 'otel.resource' : 'resource', resource);
  return Object.fromEntries(entries);
}
