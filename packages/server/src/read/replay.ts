import { readPosition, SESSION_CHANGES, SESSION_REPLAY } from '@powerrag/protocol';
import { Hono } from 'hono';
import * as v from 'valibot';
import { badRequest, notFound } from '../base/http-errors.js';
import { changeStream } from '../live/change-stream.js';
import type { Changes } from '../live/changes.js';
import type { ReadChanges } from '../live/feed.js';
import { Feeds } from '../live/feeds.js';
import { toTraceId } from '../observation/foreign-id.js';
import { Replays } from '../replay/index.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { integer, query, quote, text } from '../routes/query.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import { message } from './answers/observation.js';
import { replayDocument, replayObservations } from './answers/replay.js';
import { replayChanges } from './answers/replay-changes.js';
import { sessionIdOf, sessionPaths } from './session-id.js';

/** Observations on a page unless the client asks for another number, and at most. */
const OBSERVATIONS = { otherwise: 5_000, max: 10_000 };

const AFTER = 'What the client has: `revision` of a document, or `{revision}.{asOfMs}`.';

export interface ReplayApiOptions {
  /** Unix milliseconds. Default: the clock. */
  readonly now?: () => number;
  /** Default: its own, of the reader. */
  readonly replays?: Replays;
  /** What those who follow a session are sent. Default: what `replays` reads. */
  readonly readChanges?: ReadChanges;
}

/** What a session's page reads: the document, its pages, its changes, and what is cut in it. */
export function createReplayApi(
  reader: SessionReader,
  changes: Changes,
  annotations?: Annotations,
  {
    now = Date.now,
    replays = new Replays({ reader, annotations }, { now }),
    readChanges = (...of) => replays.changes(...of),
  }: ReplayApiOptions = {},
): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const canRead = requireRight('read');
  const feeds = new Feeds(changes, readChanges);

  for (const [path, parameters] of sessionPaths('replay')) {
    api.get(
      path,
      operation({
        summary: 'Read a session for replay',
        description:
          'The document with the first observations; with `cursor` a page of further observations; with `after` what changed since.',
        tag: 'page',
        answer: v.union([replayDocument, replayObservations, replayChanges]),
        errors: [404],
        ...parameters,
      }),
      canRead,
      query({
        limit: integer('Observations at most.', { min: 1, ...OBSERVATIONS }),
        cursor: text('`nextObservations` of the document or page before.'),
        after: text(AFTER),
      }),
      async (context) => {
        const { projectId } = context.var.principal;
        const sessionId = sessionIdOf(context, SESSION_REPLAY);
        const { limit, cursor, after } = context.req.valid('query');
        const position = after === undefined ? null : readPosition(after);
        if (after !== undefined && position === null)
          throw badRequest(`after must be the revision of a document, got ${quote(after)}.`);
        const answer =
          position !== null
            ? await replays.changes(projectId, sessionId, position)
            : cursor !== undefined
              ? await replays.observations(projectId, sessionId, cursor, limit)
              : await replays.document(projectId, sessionId, limit);
        if (answer === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        if (answer === 'invalid')
          throw badRequest('cursor is not one that this server gave; leave it out to start from the first page.');
        return context.json(answer);
      },
    );
  }

  for (const [path, parameters] of sessionPaths('changes')) {
    api.get(
      path,
      operation({
        summary: 'Follow the changes of a session',
        description:
          'A `change` event with what changed, as `after` of the replay gives it, as soon as more of the session is stored, at most five a second. Its id is the position to go on from. A client that does not read gets `behind`, and the stream ends.',
        tag: 'page',
        answer: ['text/event-stream'],
        errors: [404, 503],
        ...parameters,
      }),
      canRead,
      query({ after: text(`${AFTER} \`Last-Event-ID\` comes first. Without either, what is stored from now on.`) }),
      async (context) => {
        const { projectId } = context.var.principal;
        const sessionId = sessionIdOf(context, SESSION_CHANGES);
        const session = await reader.getSession(projectId, sessionId);
        if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        const traceIds = () => reader.listTraceIds(projectId, sessionId);
        return changeStream(context, { feeds, projectId, sessionId, traceIds });
      },
    );
  }

  api.get(
    '/traces/:traceId/messages/:key',
    operation({
      summary: 'Read all of a message that a replay holds cut',
      tag: 'page',
      answer: message,
      errors: [404],
    }),
    canRead,
    async (context) => {
      const { traceId, key } = context.req.param();
      const found = await replays.message(context.var.principal.projectId, toTraceId(traceId), key);
      if (found === null)
        throw notFound(`There is no message ${quote(key)} in trace ${quote(traceId)}; read the session again.`);
      return context.json(found);
    },
  );

  return api;
}
