import type { ReplayDocument, ReplayObservations, TextQuote } from '@powerrag/protocol';
import * as v from 'valibot';
import { byName, json, named, number, string } from '../../routes/schema.js';
import { messageFields, observationLevel, observationType, statusReason, tokenUsage } from './observation.js';
import { sessionSummary } from './sessions.js';

export const trace = named(
  'ReplayTrace',
  v.object({
    id: v.string(),
    name: v.nullable(string('Null while the trace runs and nothing has told its name.')),
    running: v.pipe(v.boolean(), v.description('It goes on, as far as anybody knows.')),
    lanes: v.array(v.object({ service: v.nullable(v.string()), lane: v.number() })),
    startMs: v.number(),
    endMs: v.number(),
    userId: v.nullable(v.string()),
    tags: v.array(v.string()),
    conversationIds: v.pipe(v.array(v.string()), v.description('Other session or conversation ids seen in the trace.')),
    environment: v.nullable(v.string()),
    release: v.nullable(v.string()),
    version: v.nullable(v.string()),
    metadata: byName(json),
    cutMetadata: v.exactOptional(v.pipe(byName(v.number()), v.description('The lengths of the values that are cut.'))),
    observationCount: v.number(),
    errorCount: v.number(),
    totalTokens: v.number(),
    totalCost: v.nullable(number('US dollars.')),
    costEstimated: v.boolean(),
  }),
);

export const observation = named(
  'ReplayObservation',
  v.object({
    id: v.string(),
    traceId: v.string(),
    parentId: v.nullable(string('Null for a root, and where the parent never arrived.')),
    depth: number('Distance from its root in the tree; 0 for a root.'),
    lane: number('Index into `lanes`.'),
    type: observationType,
    name: v.string(),
    startMs: v.number(),
    endMs: v.nullable(number('Null while it has not ended.')),
    firstTokenMs: v.nullable(v.number()),
    level: observationLevel,
    statusMessage: v.nullable(v.string()),
    statusReason,
    service: v.nullable(v.string()),
    model: v.nullable(v.string()),
    usage: v.nullable(tokenUsage),
    cost: v.nullable(number('US dollars.')),
    costEstimated: v.boolean(),
    countedTokens: number('The part of its tokens that the totals of its trace and session contain.'),
    countedCost: v.nullable(number('The part of its cost that the totals contain, in US dollars.')),
    isRepeat: v.exactOptional(
      v.pipe(
        v.literal(true),
        v.description('Another call beside it is a record of the same request, which is counted instead of it.'),
      ),
    ),
    orphan: v.pipe(v.boolean(), v.description('Its parent never arrived, and its trace is over.')),
    skewed: v.pipe(v.boolean(), v.description('It starts more than 50 ms before its parent: two clocks disagree.')),
  }),
);

export const turnFields = {
  traceId: v.string(),
  startMs: v.number(),
  endMs: v.number(),
  messages: v.array(
    v.object({
      ...messageFields,
      atMs: v.number(),
      observationId: v.string(),
      key: v.exactOptional(string('To read all of a message that is cut by.')),
    }),
  ),
  steps: v.pipe(v.array(v.string()), v.description('Ids of generations, retrievers and tools, in order of start.')),
  models: v.array(v.string()),
  totalTokens: v.number(),
  totalCost: v.nullable(number('US dollars.')),
  errors: v.pipe(v.array(v.string()), v.description('Ids of observations with level ERROR.')),
  running: v.pipe(v.boolean(), v.description('The answer is still to come.')),
  doubts: v.pipe(
    v.array(v.picklist(['root-missing', 'parallel-calls', 'separate-calls', 'derived-calls', 'several-answers'])),
    v.description('Why the messages may not be those of the conversation. Empty when they are certain.'),
  ),
  unseenAnswers: number('Answers in the history that no turn of the session shows.'),
};

const turn = named('ReplayTurn', v.object(turnFields));

/** A `TextQuote`, as the OpenAPI document describes it. */
export const textQuote = named(
  'TextQuote',
  v.pipe(
    v.object({ exact: v.string(), prefix: v.string(), suffix: v.string() }),
    v.description('A passage of a text, with what stands just before and after it.'),
  ),
) satisfies v.GenericSchema<TextQuote>;

export const annotation = named(
  'ReplayAnnotation',
  v.object({
    kind: v.picklist(['score', 'comment']),
    id: v.string(),
    traceId: v.nullable(v.string()),
    observationId: v.nullable(string('A comment may name an observation and not its trace.')),
    turn: v.exactOptional(number('The turn that it is on, of a trace that holds several: from 1.')),
    passage: v.exactOptional(textQuote),
    name: string('Of a score; empty for a comment.'),
    dataType: v.nullable(v.picklist(['NUMERIC', 'BOOLEAN', 'CATEGORICAL'])),
    value: v.nullable(v.number()),
    stringValue: v.nullable(string('The value of a categorical score, and the label of any other.')),
    text: v.nullable(string('The comment, or what goes with the score in words.')),
    origin: v.picklist(['API', 'EVAL', 'ANNOTATION']),
    timeMs: number('Unix milliseconds: it may be long after the session.'),
  }),
);

const nextObservations = v.nullable(string('Pass it as `cursor` for more observations; null when there are none.'));

/** `ReplayObservations`, as the OpenAPI document describes it. */
export const replayObservations = named(
  'ReplayObservations',
  v.object({
    startedAtMs: number('Unix milliseconds of offset 0.'),
    observations: v.array(observation),
    nextObservations,
  }),
) satisfies v.GenericSchema<ReplayObservations>;

/** A `ReplayDocument`, as the OpenAPI document describes it. */
export const replayDocument = named(
  'ReplayDocument',
  v.pipe(
    v.object({
      revision: number('The state of the session; pass it as `after` to read what is new.'),
      asOfMs: number('Unix milliseconds: when it was judged what is running.'),
      textLimit: number('Characters of a text, or of a value as JSON, that are here at most.'),
      session: sessionSummary,
      startedAtMs: number('Unix milliseconds of offset 0: the start of the first observation.'),
      durationMs: v.number(),
      traces: v.array(trace),
      observations: v.array(observation),
      nextObservations,
      turns: v.array(turn),
      lanes: v.array(v.object({ service: v.nullable(v.string()), label: v.string() })),
      gaps: v.array(v.object({ startMs: v.number(), endMs: v.number() })),
      annotations: v.exactOptional(
        v.pipe(v.array(annotation), v.description('On the session, its traces and observations, oldest first.')),
      ),
    }),
    v.description(
      'A session without the bodies of its observations and without the ends of long texts. Inside, every `…Ms` but `asOfMs` is an offset from `startedAtMs`.',
    ),
  ),
) satisfies v.GenericSchema<ReplayDocument>;
