import * as v from 'valibot';
import { byName, json, named, number, string } from '../../routes/schema.js';
import type { LangfuseSession, LangfuseTrace, LangfuseTraceTotals } from './shapes.js';

/** The answers of the Langfuse API, as the OpenAPI document describes them. Times are ISO 8601. */

const sessionFields = { id: v.string(), createdAt: v.string(), projectId: v.string(), environment: v.string() };

const session = named('LangfuseSession', v.object(sessionFields)) satisfies v.GenericSchema<LangfuseSession>;

const traceFields = {
  id: v.string(),
  timestamp: v.string(),
  name: v.string(),
  input: json,
  output: json,
  sessionId: v.nullable(v.string()),
  release: v.nullable(v.string()),
  version: v.nullable(v.string()),
  userId: v.nullable(v.string()),
  metadata: json,
  tags: v.array(v.string()),
  public: v.boolean(),
  environment: v.string(),
};

const trace = named('LangfuseTrace', v.object(traceFields)) satisfies v.GenericSchema<LangfuseTrace>;

const totals = {
  htmlPath: string('Path of the page that shows the trace.'),
  latency: number('Seconds; -1 when not asked for.'),
  totalCost: number('US dollars; -1 when not asked for.'),
  scores: v.pipe(
    v.array(json),
    v.description('Scores on the trace and its observations: their ids in a list of traces.'),
  ),
};
type Totals = LangfuseTraceTotals & { readonly scores: readonly unknown[] };

const observation = named(
  'LangfuseObservation',
  v.object({
    id: v.string(),
    traceId: v.string(),
    type: v.string(),
    name: v.string(),
    startTime: v.string(),
    endTime: v.nullable(v.string()),
    completionStartTime: v.nullable(v.string()),
    model: v.nullable(v.string()),
    modelParameters: byName(json),
    input: json,
    output: json,
    metadata: json,
    usage: v.object({ input: v.number(), output: v.number(), total: v.number(), unit: v.literal('TOKENS') }),
    usageDetails: byName(v.number()),
    costDetails: byName(v.number()),
    level: v.string(),
    statusMessage: v.nullable(v.string()),
    parentObservationId: v.nullable(v.string()),
    promptId: v.null(),
    promptName: v.nullable(v.string()),
    promptVersion: v.nullable(v.number()),
    version: v.nullable(v.string()),
    environment: v.string(),
    modelId: v.null(),
    inputPrice: v.null(),
    outputPrice: v.null(),
    totalPrice: v.null(),
    calculatedInputCost: v.nullable(v.number()),
    calculatedOutputCost: v.nullable(v.number()),
    calculatedTotalCost: v.nullable(v.number()),
    latency: v.nullable(number('Seconds.')),
    timeToFirstToken: v.nullable(number('Seconds.')),
  }),
);

export const pageMeta = named(
  'LangfusePageMeta',
  v.object({ page: v.number(), limit: v.number(), totalItems: v.number(), totalPages: v.number() }),
);

export const sessionsAnswer = v.object({ data: v.array(session), meta: pageMeta });

export const sessionAnswer = v.object({ ...sessionFields, traces: v.array(trace) });

export const tracesAnswer = v.object({
  data: v.array(v.object({ ...traceFields, ...totals, observations: v.array(string('An observation id.')) })),
  meta: pageMeta,
});

export const traceAnswer = v.object({
  ...traceFields,
  ...totals,
  observations: v.array(observation),
}) satisfies v.GenericSchema<Totals>;

export const observationAnswer = observation;

export const observationsAnswer = v.object({ data: v.array(observation), meta: pageMeta });

/** Beside the first fields, each is there when its group is asked for. */
const observationV2 = named(
  'LangfuseObservationV2',
  v.object({
    id: v.string(),
    traceId: v.string(),
    startTime: v.string(),
    endTime: v.nullable(v.string()),
    projectId: v.string(),
    parentObservationId: v.nullable(v.string()),
    type: v.string(),
    modelId: v.null(),
    inputPrice: v.null(),
    outputPrice: v.null(),
    totalPrice: v.null(),
    name: v.optional(v.string()),
    level: v.optional(v.string()),
    statusMessage: v.optional(v.nullable(v.string())),
    version: v.optional(v.nullable(v.string())),
    environment: v.optional(v.string()),
    bookmarked: v.optional(v.boolean()),
    public: v.optional(v.boolean()),
    userId: v.optional(v.nullable(v.string())),
    sessionId: v.optional(v.nullable(v.string())),
    isRootObservation: v.optional(v.boolean()),
    completionStartTime: v.optional(v.nullable(v.string())),
    createdAt: v.optional(v.string()),
    updatedAt: v.optional(v.string()),
    input: v.optional(json),
    output: v.optional(json),
    metadata: v.optional(json),
    model: v.optional(v.nullable(v.string())),
    providedModelName: v.optional(v.nullable(v.string())),
    internalModelId: v.optional(v.null()),
    modelParameters: v.optional(byName(json)),
    usageDetails: v.optional(byName(v.number())),
    costDetails: v.optional(byName(v.number())),
    totalCost: v.optional(v.nullable(v.number())),
    usagePricingTierName: v.optional(v.null()),
    promptId: v.optional(v.null()),
    promptName: v.optional(v.nullable(v.string())),
    promptVersion: v.optional(v.nullable(v.number())),
    latency: v.optional(v.nullable(number('Seconds.'))),
    timeToFirstToken: v.optional(v.nullable(number('Seconds.'))),
    traceName: v.optional(v.string()),
    tags: v.optional(v.array(v.string())),
    release: v.optional(v.nullable(v.string())),
  }),
);

export const observationsV2Answer = v.object({
  data: v.array(observationV2),
  meta: v.object({ cursor: v.optional(string('Where the next page starts. Absent when there is no more.')) }),
});
