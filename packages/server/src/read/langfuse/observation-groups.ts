import type { Json } from '@powerrag/protocol';
import type { ObservationBody } from '../../observation/observation.js';
import type { BodyBudget } from './body-budget.js';
import type { Candidate } from './observation-columns.js';
import { toObservationView } from './shapes.js';

/** The groups of fields of an observation of version 2. `core` is always there. */
export const GROUPS = [
  'core',
  'basic',
  'time',
  'io',
  'metadata',
  'model',
  'usage',
  'prompt',
  'metrics',
  'trace_context',
] as const;

export type Group = (typeof GROUPS)[number];

/** What is shown where a query asks for no groups. */
export const DEFAULT_GROUPS: ReadonlySet<Group> = new Set(['core', 'basic']);

/** Characters of a value of the metadata, unless its key was asked for. */
const SHORT_METADATA = 200;

/** How an observation of version 2 is asked for. */
export interface Shown {
  readonly groups: ReadonlySet<Group>;
  readonly projectId: string;
  /** Keys of the metadata whose values come whole. */
  readonly expanded: ReadonlySet<string>;
  /** Whether input and output are read as JSON; else they are the texts that arrived. */
  readonly isIoParsed: boolean;
  readonly budget: BodyBudget;
}

/** `ObservationV2` of the Langfuse API. Of a group that is not asked for, no field is there. */
export function toObservationV2({ observation, trace }: Candidate, body: ObservationBody | null, shown: Shown) {
  const { groups, projectId, isIoParsed, budget } = shown;
  const view = toObservationView(observation, groups.has('io') || groups.has('metadata') ? body : null, budget);
  const asText = (text: string | null | undefined, value: Json) =>
    isIoParsed || text === null || text === undefined || typeof value === 'string' ? value : text;
  const fields: Readonly<Record<Group, object>> = {
    core: {
      id: view.id,
      traceId: view.traceId,
      startTime: view.startTime,
      endTime: view.endTime,
      projectId,
      parentObservationId: view.parentObservationId,
      type: view.type,
    },
    basic: {
      name: view.name,
      level: view.level,
      statusMessage: view.statusMessage,
      version: view.version,
      environment: view.environment,
      bookmarked: false,
      public: trace.public ?? false,
      userId: trace.userId ?? null,
      sessionId: trace.sessionId ?? null,
      isRootObservation: observation.parentId === null,
    },
    time: {
      completionStartTime: view.completionStartTime,
      createdAt: view.startTime,
      updatedAt: view.endTime ?? view.startTime,
    },
    io: { input: asText(body?.input, view.input), output: asText(body?.output, view.output) },
    metadata: { metadata: shortened(view.metadata, shown.expanded) },
    model: {
      model: view.model,
      providedModelName: view.model,
      internalModelId: null,
      modelParameters: view.modelParameters,
    },
    usage: {
      usageDetails: view.usageDetails,
      costDetails: view.costDetails,
      totalCost: view.calculatedTotalCost,
      usagePricingTierName: null,
    },
    prompt: { promptId: null, promptName: view.promptName, promptVersion: view.promptVersion },
    metrics: { latency: view.latency, timeToFirstToken: view.timeToFirstToken },
    trace_context: { traceName: trace.name, tags: trace.tags ?? [], release: trace.release ?? null },
  };
  return {
    // These are null whatever is asked for.
    ...{ modelId: null, inputPrice: null, outputPrice: null, totalPrice: null },
    ...Object.assign(
      {},
      ...GROUPS.filter((group) => group === 'core' || groups.has(group)).map((group) => fields[group]),
    ),
  };
}

function shortened(metadata: Readonly<Record<string, Json>>, expanded: ReadonlySet<string>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => {
      if (expanded.has(key)) return [key, value];
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [key, text.length <= SHORT_METADATA ? value : `${text.slice(0, SHORT_METADATA)}…`];
    }),
  );
}
