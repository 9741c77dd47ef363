import { type Json, SpanAttributeKeys as Keys } from '@powerrag/protocol';
import { OTHER_ID_KEYS } from '../normalise/session.js';
import type { ObservationBody } from '../observation/observation.js';
import type { StoredObservation, StoredTrace } from '../store/contract.js';

type Values = Readonly<Record<string, Json | undefined>>;

const PROVIDER = 'gen_ai.provider.name';

/** An observation with what is needed to write it. */
export interface Exported {
  readonly observation: StoredObservation;
  readonly body: ObservationBody;
}

/**
 * Observations of one trace as an `ExportTraceServiceRequest` in OTLP/JSON, in the keys of the wire contract: a server that reads
 * it has the same observations and totals. An estimated cost is left out, since the reader estimates it again.
 *
 * @param isFirst whether the attributes of the trace are on its first span.
 */
export function toOtlp(trace: StoredTrace, exported: readonly Exported[], isFirst: boolean): object {
  return {
    resourceSpans: exported.map((each, at) => {
      const { service, scope } = each.observation;
      const ofTrace = isFirst && at === 0 ? traceValues(trace) : {};
      const values = { ...ofTrace, ...ownValues(each), [Keys.sessionId]: trace.sessionId };
      return {
        ...(service === null ? {} : { resource: { attributes: attributes({ 'service.name': service }) } }),
        scopeSpans: [{ ...(scope === null ? {} : { scope: { name: scope } }), spans: [toSpan(each, values)] }],
      };
    }),
  };
}

function toSpan({ observation, body }: Exported, values: Values): object {
  const { traceId, id, parentId, name, startMs, endMs } = observation;
  return {
    ...{ traceId, spanId: id, name, startTimeUnixNano: nano(startMs), attributes: attributes(values) },
    ...(parentId === null ? {} : { parentSpanId: parentId }),
    ...(endMs === null ? {} : { endTimeUnixNano: nano(endMs) }),
    events: body.events.map((event) => ({
      ...{ name: event.name, timeUnixNano: nano(event.timeMs), attributes: attributes(event.attributes) },
    })),
  };
}

function ownValues({ observation: own, body }: Exported): Values {
  const metadata = Object.entries(body.metadata);
  return {
    // Other ids of the session are read where they were written.
    ...Object.fromEntries(metadata.filter(([key]) => OTHER_ID_KEYS.has(key))),
    [Keys.observationType]: own.type,
    [Keys.observationLevel]: own.level,
    [Keys.observationStatusMessage]: own.statusMessage ?? undefined,
    [Keys.observationInput]: body.input ?? undefined,
    [Keys.observationOutput]: body.output ?? undefined,
    [Keys.observationMetadata]: json(Object.fromEntries(metadata.filter(([key]) => !OTHER_ID_KEYS.has(key)))),
    [Keys.observationModel]: own.model ?? undefined,
    [Keys.observationModelParameters]: json(own.modelParameters),
    [Keys.observationUsageDetails]: json(own.usage),
    [Keys.observationCostDetails]: own.costEstimated ? undefined : json(own.cost),
    [Keys.observationCompletionStartTime]:
      own.firstTokenMs === null ? undefined : JSON.stringify(new Date(own.firstTokenMs).toISOString()),
    [Keys.observationPromptName]: own.prompt?.name,
    [Keys.observationPromptVersion]: own.prompt?.version ?? undefined,
    [PROVIDER]: own.provider ?? undefined,
    ...(own.environment === null ? {} : { [Keys.environment]: own.environment }),
    ...(own.version === null ? {} : { [Keys.version]: own.version }),
  };
}

function traceValues(trace: StoredTrace): Values {
  return {
    [Keys.traceName]: trace.nameFrom === 'attribute' ? trace.name : undefined,
    [Keys.userId]: trace.userId,
    [Keys.traceTags]: trace.tags === undefined ? undefined : [...trace.tags],
    [Keys.traceMetadata]: json(trace.metadata ?? {}),
    [Keys.traceInput]: trace.input,
    [Keys.traceOutput]: trace.output,
    [Keys.tracePublic]: trace.public,
    [Keys.release]: trace.release,
    [Keys.environment]: trace.environment,
    [Keys.version]: trace.version,
  };
}

/** Undefined for an empty object. */
function json(value: Readonly<Record<string, Json>>): string | undefined {
  return Object.keys(value).length === 0 ? undefined : JSON.stringify(value);
}

/** Whole microseconds, which is what is stored. */
function nano(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

function attributes(values: Values): object[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: Json): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: attributes(value as Values) } };
}
