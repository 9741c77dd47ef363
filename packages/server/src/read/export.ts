import { SESSION_EXPORT, SESSION_EXPORT_FORMAT, SESSION_EXPORT_VERSION } from '@powerrag/protocol';
import { Hono } from 'hono';
import { notFound } from '../base/http-errors.js';
import { bodyKey } from '../replay/index.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { quote } from '../routes/query.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import { sessionExport } from './answers/export.js';
import { toDetails } from './observation-details.js';
import { sessionIdOf, sessionPaths } from './session-id.js';
import { readWholeSession, type WholeSession } from './whole-session.js';

/** Observations whose bodies are in memory at once. */
const BATCH = 100;

/** A session as one file, which needs no server to be read. */
export function createExportApi(
  reader: SessionReader,
  annotations: Annotations | undefined,
  now: () => number,
): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  for (const [path, parameters] of sessionPaths('export')) {
    api.get(
      path,
      operation({
        summary: 'Export a session with everything in it',
        description: 'All observations with their bodies, whole, in one JSON file.',
        tag: 'page',
        answer: sessionExport,
        errors: [404],
        ...parameters,
      }),
      requireRight('read'),
      async (context) => {
        const { projectId } = context.var.principal;
        const sessionId = sessionIdOf(context, SESSION_EXPORT);
        const nowMs = now();
        const session = await readWholeSession({ reader, annotations }, projectId, sessionId, nowMs);
        if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        const parts = exportParts(reader, projectId, session, nowMs);
        return context.body(toStream(parts), 200, {
          'content-type': 'application/json',
          'content-disposition': `attachment; filename="${fileName(sessionId)}.json"`,
        });
      },
    );
  }
  return api;
}

/** The text of a `SessionExport`, in parts. */
async function* exportParts(
  reader: SessionReader,
  projectId: string,
  { replay, observations }: WholeSession,
  exportedAtMs: number,
): AsyncGenerator<string> {
  const head = { format: SESSION_EXPORT_FORMAT, version: SESSION_EXPORT_VERSION, exportedAtMs, replay };
  yield `${JSON.stringify(head).slice(0, -1)},"observations":[`;
  const stored = new Map(observations.map((each) => [bodyKey(each), each]));
  let separator = '';
  for (let at = 0; at < replay.observations.length; at += BATCH) {
    const batch = replay.observations.slice(at, at + BATCH).flatMap((each) => stored.get(bodyKey(each)) ?? []);
    const bodies = await reader.readBodies(projectId, batch);
    for (const [index, observation] of batch.entries()) {
      const body = bodies[index];
      // It was deleted since the session was read.
      if (!body) continue;
      yield separator + JSON.stringify(toDetails(observation, body));
      separator = ',';
    }
  }
  yield ']}\n';
}

/** UTF-8 of the texts, each made when the client has room for it. */
function toStream(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}

/** A name that every file system takes and no header misreads. */
function fileName(sessionId: string): string {
  const safe = sessionId.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '');
  return `session-${safe.slice(0, 80) || 'export'}`;
}
