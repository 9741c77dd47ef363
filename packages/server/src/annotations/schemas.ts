import * as v from 'valibot';
import { textQuote } from '../read/answers/replay.js';
import { pageMeta } from '../read/langfuse/schemas.js';
import { byName, json, named, number, string } from '../routes/schema.js';

/** What this server adds to scores and comments of the Langfuse API. */
const place = {
  turn: v.exactOptional(number('The turn that it is on, of a trace that holds several: from 1.')),
  passage: v.exactOptional(textQuote),
};

/** `Score` of the Langfuse API. */
export const scoreAnswer = named(
  'LangfuseScore',
  v.object({
    id: v.string(),
    traceId: v.nullable(v.string()),
    sessionId: v.nullable(string('Null for a score on a trace or an observation.')),
    observationId: v.nullable(v.string()),
    name: v.string(),
    dataType: v.nullable(v.picklist(['NUMERIC', 'BOOLEAN', 'CATEGORICAL'])),
    value: v.nullable(v.number()),
    stringValue: v.nullable(string('The value of a categorical score, and the label of any other.')),
    comment: v.nullable(v.string()),
    source: v.picklist(['API', 'EVAL', 'ANNOTATION']),
    timestamp: v.string(),
    createdAt: v.string(),
    updatedAt: v.string(),
    environment: v.string(),
    authorUserId: v.nullable(v.string()),
    metadata: byName(json),
    configId: v.null(),
    queueId: v.null(),
    ...place,
    trace: v.exactOptional(
      v.object({
        userId: v.nullable(v.string()),
        tags: v.array(v.string()),
        environment: v.string(),
        sessionId: v.nullable(v.string()),
      }),
    ),
  }),
);

/** `Comment` of the Langfuse API. */
export const commentAnswer = named(
  'LangfuseComment',
  v.object({
    id: v.string(),
    projectId: v.string(),
    objectType: v.picklist(['OBSERVATION', 'TRACE', 'SESSION']),
    objectId: v.nullable(v.string()),
    content: v.nullable(v.string()),
    authorUserId: v.nullable(v.string()),
    createdAt: v.string(),
    updatedAt: v.string(),
    ...place,
  }),
);

export const scoresAnswer = v.object({ data: v.array(scoreAnswer), meta: pageMeta });

/** `ScoreV3` of the Langfuse API. */
const scoreV3Answer = named(
  'LangfuseScoreV3',
  v.object({
    id: v.string(),
    projectId: v.string(),
    name: v.string(),
    value: v.nullable(v.union([v.number(), v.boolean(), v.string()])),
    dataType: v.nullable(v.picklist(['NUMERIC', 'BOOLEAN', 'CATEGORICAL'])),
    source: v.picklist(['API', 'EVAL', 'ANNOTATION']),
    timestamp: v.string(),
    environment: v.string(),
    createdAt: v.string(),
    updatedAt: v.string(),
    comment: v.exactOptional(v.nullable(v.string())),
    configId: v.exactOptional(v.null()),
    metadata: v.exactOptional(byName(json)),
    authorUserId: v.exactOptional(v.nullable(v.string())),
    queueId: v.exactOptional(v.null()),
    subject: v.exactOptional(
      v.object({
        kind: v.picklist(['trace', 'observation', 'session']),
        id: v.string(),
        traceId: v.exactOptional(string('Of an observation.')),
      }),
    ),
  }),
);

export const scoresV3Answer = v.object({
  data: v.array(scoreV3Answer),
  meta: v.object({ limit: v.number(), cursor: v.exactOptional(string('For the next page; absent on the last.')) }),
});

export const commentsAnswer = v.object({ data: v.array(commentAnswer), meta: pageMeta });
