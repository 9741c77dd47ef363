import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aRequest, aSpan, encodeProtobuf } from '../ingest/testing.js';
import { intakeHere } from '../intake/intake.js';
import { withLogWords } from '../logs/join-words.js';
import { normalise } from '../normalise/index.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import type { Annotation } from '../store/annotations.js';
import { mediaIdOf } from '../store/media.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { exportSessions } from './export-sessions.js';
import { importFile } from './import-file.js';

function aServer() {
  const store = memoryStore();
  const stores = { writer: store, pieces: store, logEvents: store, annotations: store, media: store };
  const log = { info: () => {}, error: () => {} };
  return { store, intake: intakeHere({ ...stores, normalise, limits: DEFAULT_LIMITS, log }) };
}

type Server = ReturnType<typeof aServer>;

async function importText(server: Server, content: string | Uint8Array) {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, content);
  return importFile(file, 'default', { intake: server.intake, annotations: server.store, media: server.store });
}

async function exported({ store }: Server): Promise<string> {
  const lines: string[] = [];
  await exportSessions(store, 'default', (line) => lines.push(line));
  return lines.map((line) => `${line}\n`).join('');
}

/** All that a server has of its sessions. */
async function contentOf({ store }: Server) {
  const { sessions } = await store.listSessions('default', { limit: 100 });
  const list = await store.listTraces('default', {});
  // Counts the changes of a trace or session, not what is in it.
  const without = <T extends object>(rows: readonly T[]) => rows.map((row) => ({ ...row, revision: 0 }));
  const traces = without(list.traces);
  const observations = (
    await Promise.all(traces.map(({ id }) => store.listObservations('default', { traceId: id })))
  ).flat();
  return { sessions: without(sessions), traces, observations, bodies: await store.readBodies('default', observations) };
}

const call = anObservation({
  ...{ traceId: traceId(1), id: spanId(1), type: 'generation', name: 'answer', service: 'shop', scope: 'openai' },
  ...{ startMs: 1_730_000_000_000.125, endMs: 1_730_000_001_000.5, firstTokenMs: 1_730_000_000_250, level: 'WARNING' },
  ...{ statusMessage: 'slow', model: 'gpt-4o', provider: 'openai', modelParameters: { temperature: 0.2, stop: ['a'] } },
  ...{ usage: { input: 12, output: 30, total: 42 }, cost: { input: 0.1, total: 0.1 } },
  ...{ prompt: { name: 'greet', version: 3 }, environment: 'staging', version: 'v2', responseId: 'msg_1' },
  body: {
    ...{
      input: '[{"role":"user","content":"Hi"}]',
      output: 'Hello "you"\n',
      metadata: { 'session.id': 'not', n: 5, s: '5', 'gen_ai.response.id': 'msg_1' },
    },
    events: [
      { name: 'chunk', timeMs: 1_730_000_000_300, attributes: { size: 1.5, parts: ['a', { b: null }], ok: true } },
    ],
  },
  trace: {
    ...{ sessionId: 'chat "1"', userId: 'ada', name: 'support', tags: ['a', 'b,c'], metadata: { tier: 'gold' } },
    ...{ public: true, release: 'r1', environment: 'staging', version: 'v2', input: 'Hi', output: 'Hello' },
  },
});

/** As another instrumentation recorded it. */
const sameRequest = anObservation({
  ...{
    traceId: traceId(1),
    id: spanId(4),
    type: 'generation',
    usage: { input: 42, output: 0, total: 42 },
    responseId: 'msg_1',
  },
  ...{ startMs: 1_730_000_000_130, endMs: 1_730_000_000_990 },
  body: { metadata: { 'gen_ai.response.id': 'msg_1' } },
});

const tool = anObservation({
  ...{ traceId: traceId(1), id: spanId(2), parentId: spanId(1), type: 'tool', name: 'search', endMs: null },
  ...{ startMs: 1_730_000_000_500, level: 'ERROR' },
});

const later = anObservation({
  ...{ traceId: traceId(2), id: spanId(3), startMs: 1_730_000_009_000, endMs: 1_730_000_010_000 },
  body: { metadata: { 'gen_ai.conversation.id': 'thread-7', kept: ['x'] } },
  trace: { sessionId: 'chat "1"', conversationIds: ['thread-7'] },
});

describe('an export of sessions', () => {
  it('is read back to the same sessions, traces, observations and totals, also twice', async () => {
    const before = aServer();
    await before.store.write('default', [call, sameRequest, tool, later]);
    expect(await before.store.getTrace('default', traceId(1))).toMatchObject({ totalTokens: 42 });
    const file = await exported(before);
    const after = aServer();
    expect((await importText(after, file)).problems).toEqual([]);
    await importText(after, file);
    const content = await contentOf(after);
    expect(content.observations).toHaveLength(4);
    expect(content).toEqual(await contentOf(before));
  });

  it('carries scores, comments and media, each to the byte, also twice', async () => {
    const before = aServer();
    const bytes = new Uint8Array(300).map((_, at) => at % 256);
    const picture = { id: mediaIdOf(bytes), contentType: 'image/png', bytes };
    const refer = `@@@langfuseMedia:type=image/png|id=${picture.id}|source=bytes@@@`;
    await before.store.writeMedia('default', [picture]);
    const shown = { ...call, body: { ...call.body, input: JSON.stringify([{ role: 'user', content: refer }]) } };
    await before.store.write('default', [shown, { ...tool, body: { ...tool.body, output: refer } }]);
    await before.store.writeAnnotations('default', annotations);
    const file = await exported(before);
    expect(file.split(picture.id).filter((part) => part.endsWith('"media":{"id":"'))).toHaveLength(1);

    const after = aServer();
    expect((await importText(after, file)).problems).toEqual([]);
    expect((await importText(after, file)).problems).toEqual([]);
    expect(await contentOf(after)).toEqual(await contentOf(before));
    const media = await after.store.readMedia('default', picture.id);
    expect(media).toMatchObject({ contentType: 'image/png' });
    expect(Buffer.from(media?.bytes ?? []).equals(bytes)).toBe(true);
    for (const kind of ['score', 'comment'] as const) {
      const query = { kind, limit: 10, offset: 0 };
      const list = await after.store.listAnnotations('default', query);
      expect(list).toEqual(await before.store.listAnnotations('default', query));
      expect(list.total).toBe(kind === 'score' ? 3 : 1);
    }
  });

  it('has the words that logs brought in what was asked and answered', async () => {
    const before = aServer();
    await before.store.write('default', [{ ...tool, type: 'generation', trace: { sessionId: 's' } }]);
    const attributes = {
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'From a log' }] }],
    };
    const name = 'gen_ai.client.inference.operation.details';
    await before.store.writeLogEvents('default', [
      { traceId: tool.traceId, id: tool.id, key: 'k', place: 0, timeMs: 1, name, attributes },
    ]);
    const lines: string[] = [];
    const source = { ...before.store, ...withLogWords(before.store, before.store) };
    await exportSessions(source, 'default', (line) => lines.push(line));
    const after = aServer();
    await importText(after, `${lines.join('\n')}\n`);
    const { bodies } = await contentOf(after);
    expect(bodies[0]?.input).toContain('From a log');
  });
});

const annotations: readonly Annotation[] = [
  aScore('on a trace', { observationId: null, dataType: 'BOOLEAN', value: 1, origin: 'ANNOTATION' }),
  aScore('on a call', { stringValue: 'good "one"', dataType: 'CATEGORICAL', value: null, metadata: { by: ['me', 1] } }),
  aScore('on a session', { traceId: null, observationId: null, sessionId: 'chat "1"', timeMs: 1.5 }),
  aScore('a comment', {
    kind: 'comment',
    name: '',
    dataType: null,
    value: null,
    text: 'Ünïcode\nline',
    authorUserId: 'ada',
  }),
];

function aScore(id: string, say: Partial<Annotation>): Annotation {
  return {
    ...{ kind: 'score', id, sessionId: null, traceId: traceId(1), observationId: spanId(1), timeMs: 5, name: 'useful' },
    ...{ source: { traceId: 'theirs', observationId: null }, dataType: 'NUMERIC', value: 0.25, stringValue: null },
    ...{ text: null, origin: 'API', environment: 'staging', authorUserId: null, metadata: {} },
    ...say,
  };
}

describe('a line of an export beside OTLP', () => {
  const score = annotations[0];
  const bytes = Buffer.from('a picture');
  const media = { id: mediaIdOf(bytes), contentType: 'image/png', base64: bytes.toString('base64') };

  it.each<[string, object, RegExp]>([
    ['a field is missing', { annotations: [{ ...score, name: undefined }] }, /powerrag\.annotations\.0\.name/],
    ['a field is of another type', { annotations: [{ ...score, value: 'x' }] }, /powerrag\.annotations\.0\.value/],
    ['media is not base64', { media: { ...media, base64: '%' } }, /powerrag\.media\.base64 .*must be base64/],
    ['media is cut', { media: { ...media, base64: media.base64.slice(4) } }, /is not the file .*changed or cut/],
    ['it holds something else', { scores: [] }, /powerrag\.scores/],
  ])('is left out and named, and the others are stored, when %s', async (_what, powerrag, message) => {
    const server = aServer();
    const good = JSON.stringify({ powerrag: { annotations: [aScore('good', {})] } });
    const { problems } = await importText(server, `${JSON.stringify({ powerrag })}\n${good}\n`);
    expect(problems).toEqual([expect.stringMatching(/file line 1: /)]);
    expect(problems[0]).toMatch(message);
    const query = { kind: 'score', limit: 10, offset: 0 } as const;
    expect(await server.store.listAnnotations('default', query)).toMatchObject({ annotations: [{ id: 'good' }] });
  });
});

describe('an import', () => {
  const attributes = [{ key: 'session.id', value: { stringValue: 's' } }];

  it.each<[string, string | Uint8Array]>([
    ['JSON on one line', JSON.stringify(aRequest(aSpan({ attributes })))],
    ['JSON over several lines', JSON.stringify(aRequest(aSpan({ attributes })), null, 2)],
    ['JSON one request a line, with empty lines', `\n${JSON.stringify(aRequest(aSpan({ attributes })))}\r\n\n`],
    ['protobuf', encodeProtobuf(aRequest(aSpan({ attributes })))],
  ])('takes OTLP as %s', async (_what, content) => {
    const server = aServer();
    expect(await importText(server, content)).toEqual({ requests: 1, problems: [] });
    expect((await contentOf(server)).sessions).toMatchObject([{ id: 's', observationCount: 1 }]);
  });

  const trace = {
    ...{
      id: 'own-id',
      timestamp: '2026-05-04T10:00:00.000Z',
      name: 'chat',
      sessionId: 's',
      userId: 'ada',
      tags: ['x'],
    },
    observations: [
      {
        ...{ id: 'call', type: 'GENERATION', name: 'answer', startTime: '2026-05-04T10:00:00.000Z', model: 'gpt-4o' },
        ...{ endTime: '2026-05-04T10:00:01.000Z', usageDetails: { input: 3, output: 4, total: 7 }, level: 'DEFAULT' },
        ...{ input: [{ role: 'user', content: 'Hi' }], output: 'Hello', parentObservationId: null, metadata: null },
      },
    ],
    scores: [{ id: 'score', name: 'useful', value: 1, dataType: 'NUMERIC', timestamp: '2026-05-04T10:00:02.000Z' }],
  };

  it.each<[string, object]>([
    ['one trace', trace],
    ['a list', [trace]],
    ['a page', { data: [trace], meta: { page: 1 } }],
  ])('takes traces as the API of Langfuse answers them: %s', async (_what, value) => {
    const server = aServer();
    expect((await importText(server, JSON.stringify(value))).problems).toEqual([]);
    const { sessions, observations } = await contentOf(server);
    expect(sessions).toMatchObject([{ id: 's', traceCount: 1, totalTokens: 7 }]);
    expect(observations).toContainEqual(
      expect.objectContaining({ type: 'generation', name: 'answer', model: 'gpt-4o' }),
    );
    expect(await server.store.listAnnotations('default', { kind: 'score', limit: 10, offset: 0 })).toMatchObject({
      annotations: [{ id: 'score', name: 'useful' }],
    });
  });

  it.each([
    ['', /file is empty/],
    ['{"hello":1}', /file line 1 is neither OTLP .* nor traces of Langfuse/],
    [`${JSON.stringify(aRequest(aSpan()))}\n{"resourceSpans":[`, /file line 2 is not JSON/],
    ['{"resourceSpans":5}', /file line 1: .*resourceSpans/],
    ['plain text', /file: /],
  ])('says of %j what is wrong and where', async (content, message) => {
    await expect(importText(aServer(), content)).rejects.toThrow(message);
  });
});
