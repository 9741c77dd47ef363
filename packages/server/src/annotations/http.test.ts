import type { ReplayDocument } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aRequest, aSpan, encodeJson } from '../ingest/testing.js';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const text = (value: string) => ({ stringValue: value });

function anApp() {
  const store = memoryStore();
  const app = appOver(store);
  const send = async (method: string, path: string, body?: object) => {
    const init = body === undefined ? { method } : { method, body: encodeJson(body) };
    const response = await app.request(path, { ...init, headers: { 'content-type': 'application/json' } });
    return [response.status, await response.json()] as const;
  };
  const annotations = async () => {
    const response = await app.request('/api/v1/sessions/s/replay');
    return ((await response.json()) as ReplayDocument).annotations;
  };
  /** Reads what the followers of the session are told, until it contains the text. */
  const follow = async () => {
    const response = await app.request('/api/v1/sessions/s/changes');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    onTestFinished(async () => reader?.cancel());
    return async (text: string) => {
      while (!told.includes(text)) {
        const next = await reader?.read();
        if (next === undefined || next.done) break;
        told += next.value;
      }
      return told;
    };
  };
  return { send, annotations, follow };
}

const inSession = (say: object = {}) =>
  aRequest(aSpan({ attributes: [{ key: 'session.id', value: text('s') }], ...say }));

describe('scores', () => {
  it('are in the trace of the Langfuse API that they are on, and their ids in the list of traces', async () => {
    const { send } = anApp();
    await send('POST', '/v1/traces', inSession());
    await send('POST', '/api/public/scores', { id: 'one', traceId: TRACE, name: 'helpful', value: 1 });
    await send('POST', '/api/public/scores', { id: 'two', traceId: 'another', name: 'helpful', value: 0 });
    const [, trace] = await send('GET', `/api/public/traces/${TRACE}`);
    expect(trace).toMatchObject({ scores: [{ id: 'one', name: 'helpful', value: 1, dataType: 'NUMERIC' }] });
    expect((await send('GET', '/api/public/traces'))[1]).toMatchObject({ data: [{ id: TRACE, scores: ['one'] }] });
    expect((await send('GET', '/api/public/traces?fields=core'))[1]).toMatchObject({ data: [{ scores: [] }] });
  });

  it.each(['/api/public/scores', '/api/public/v2/scores', '/api/v1/scores'])(
    'are written, read and deleted at %s',
    async (path) => {
      const { send } = anApp();
      const score = { id: 'one', traceId: TRACE, observationId: SPAN, name: 'helpful', value: 0.5, comment: 'good' };
      expect(await send('POST', path, score)).toEqual([200, { id: 'one' }]);
      await send('POST', path, score);
      const stored = { ...score, dataType: 'NUMERIC', source: 'API', environment: 'default', stringValue: null };
      expect(await send('GET', `${path}/one`)).toEqual([200, expect.objectContaining(stored)]);
      expect(await send('GET', `${path}?traceId=${TRACE}&name=helpful`)).toMatchObject([
        200,
        { data: [stored], meta: { totalItems: 1 } },
      ]);
      expect(await send('GET', `${path}?name=other`)).toMatchObject([200, { data: [] }]);
      expect((await send('DELETE', `${path}/one`))[0]).toBe(202);
      expect((await send('GET', `${path}/one`))[0]).toBe(404);
      expect((await send('DELETE', `${path}/one`))[0]).toBe(404);
    },
  );

  it.each([
    [{ value: 1 }, 'body.name is missing; send a string.'],
    [{ name: 'n', value: 1 }, 'body.traceId is missing; send traceId or sessionId to say what the score is on.'],
    [{ name: 'n', sessionId: 's' }, 'body.value is missing; send a number or a string.'],
    [
      { name: 'n', sessionId: 's', value: 2, dataType: 'BOOLEAN' },
      'body.value must be 0 or 1 where dataType is BOOLEAN.',
    ],
    [{ name: 'n', sessionId: 's', observationId: 'o', value: 2 }, /send the trace of the observation/],
  ])('that cannot be meant are refused, with what to send: %j', async (score, message) => {
    expect(await anApp().send('POST', '/api/public/scores', score)).toEqual([
      400,
      { message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ]);
  });

  it('are not answered for a filter that is not known, which would be an answer to another question', async () => {
    expect(await anApp().send('GET', '/api/public/v2/scores?dataType=NUMERIC')).toEqual([
      400,
      { message: expect.stringMatching(/^dataType is not supported; use traceId/) },
    ]);
    expect((await anApp().send('GET', '/api/public/v2/scores?scoreIds=a,b'))[0]).toBe(400);
  });

  it('and comments are in the replay of the session, on whatever they are, whichever came first', async () => {
    const { send, annotations } = anApp();
    await send('POST', '/api/public/scores', { id: '1', sessionId: 's', name: 'solved', value: true });
    await send('POST', '/api/public/scores', { id: '2', traceId: TRACE, name: 'tone', value: 'friendly' });
    await send('POST', '/v1/traces', inSession());
    await send('POST', '/api/public/comments', {
      id: '3',
      objectType: 'OBSERVATION',
      objectId: SPAN,
      content: 'Look!',
    });
    await send('POST', '/api/public/comments', { id: '4', objectType: 'OBSERVATION', objectId: 'other', content: 'x' });
    await send('POST', '/api/public/scores', { id: '5', traceId: 'another trace', name: 'tone', value: 'rude' });
    const found = (await annotations())?.map(({ id, name, value, stringValue, text: said }) => [
      id,
      name,
      value ?? stringValue ?? said,
    ]);
    expect(found?.sort()).toEqual([
      ['1', 'solved', 1],
      ['2', 'tone', 'friendly'],
      ['3', '', 'Look!'],
    ]);
  });

  it.each([
    ['the session', { sessionId: 's' }],
    ['a trace of it', { traceId: TRACE }],
  ])('on %s are told to whoever watches it, when they are written and when they are deleted', async (_on, target) => {
    const { send, follow } = anApp();
    await send('POST', '/v1/traces', inSession());
    const told = await follow();
    await told('its id the position to go on from');
    await send('POST', '/api/v1/scores', { id: 'mine', name: 'good', value: true, ...target });
    expect(await told('"mine"')).toContain('"mine"');
    await send('DELETE', '/api/v1/scores/mine');
    expect(await told('"annotations":[]')).toContain('"annotations":[]');
  });

  it('come from evaluations in the events of spans and in logs, once', async () => {
    const { send, annotations } = anApp();
    const attributes = [
      { key: 'gen_ai.evaluation.name', value: text('relevance') },
      { key: 'gen_ai.evaluation.score.value', value: { doubleValue: 0.75 } },
      { key: 'gen_ai.evaluation.score.label', value: text('pass') },
      { key: 'gen_ai.evaluation.explanation', value: text('on topic') },
    ];
    const event = { name: 'gen_ai.evaluation.result', timeUnixNano: '1730000000000000000', attributes };
    const log = {
      eventName: event.name,
      timeUnixNano: '1730000000100000000',
      attributes,
      traceId: TRACE,
      spanId: SPAN,
    };
    for (let times = 0; times < 2; times += 1) {
      await send('POST', '/v1/traces', inSession({ events: [event] }));
      await send('POST', '/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] });
    }
    const score = {
      name: 'relevance',
      value: 0.75,
      stringValue: 'pass',
      text: 'on topic',
      observationId: SPAN,
      origin: 'EVAL',
    };
    expect(await annotations()).toMatchObject([score, score]);
  });

  it('come from spans that are there for them only, which are not shown', async () => {
    const { send, annotations } = anApp();
    const carrier = (fields: Record<string, string>) => {
      const given = { 'gen_ai.evaluation.name': 'thumb', 'powerrag.score.data_type': 'BOOLEAN', ...fields };
      const attributes = [
        { key: 'gen_ai.evaluation.score.value', value: { intValue: '1' } },
        ...Object.entries(given).map(([key, value]) => ({ key, value: text(value) })),
      ];
      const span = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), name: 'score thumb', startTimeUnixNano: '1' };
      const events = [{ name: 'gen_ai.evaluation.result', timeUnixNano: '1730000000000000000', attributes }];
      return { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, endTimeUnixNano: '2', events }] }] }] };
    };
    await send('POST', '/v1/traces', inSession({}));
    await send(
      'POST',
      '/v1/traces',
      carrier({ 'powerrag.score.trace_id': TRACE, 'powerrag.score.observation_id': SPAN }),
    );
    await send('POST', '/v1/traces', carrier({ 'powerrag.score.session_id': 's', 'powerrag.score.id': 'mine' }));
    const score = { name: 'thumb', value: 1, origin: 'API' };
    const stored = await annotations();
    expect(stored).toHaveLength(2);
    for (const observationId of [SPAN, null]) {
      expect(stored).toContainEqual(expect.objectContaining({ ...score, observationId }));
    }
    const mine = { sessionId: 's', traceId: null, dataType: 'BOOLEAN' };
    expect(await send('GET', '/api/public/scores/mine')).toMatchObject([200, mine]);
    expect(await send('GET', '/api/public/traces')).toMatchObject([200, { data: [{ id: TRACE }] }]);
  });

  it("come from batches of Langfuse's older SDKs, on traces with ids of any form", async () => {
    const { send } = anApp();
    const body = { id: 'q1', name: 'q', value: 1, traceId: 'order 7', observationId: null };
    const event = { id: 'e', type: 'score-create', timestamp: '2026-11-28T11:05:54.315Z', body };
    expect((await send('POST', '/api/public/ingestion', { batch: [event] }))[0]).toBe(207);
    expect(await send('GET', '/api/public/scores?traceId=order%207')).toMatchObject([
      200,
      { data: [{ id: 'q1', traceId: 'order 7', value: 1, timestamp: '2026-11-28T11:05:54.315Z' }] },
    ]);
  });
});

describe('on a turn or a passage', () => {
  const passage = { exact: 'within 30 days', prefix: 'Refunds are paid ', suffix: ' of the return.' };
  const on = { traceId: TRACE, observationId: SPAN, turn: 2, passage };

  it('scores and comments are kept with their place, in the replay and in both APIs', async () => {
    const { send, annotations } = anApp();
    await send('POST', '/v1/traces', inSession());
    await send('POST', '/api/v1/scores', { id: '1', name: 'correct', value: false, ...on });
    const comment = { id: '2', objectType: 'OBSERVATION', objectId: SPAN, content: 'It is 14 days.', ...on };
    await send('POST', '/api/public/comments', comment);
    const place = { traceId: TRACE, observationId: SPAN, turn: 2, passage };
    const found = await annotations();
    expect(found?.find(({ kind }) => kind === 'score')).toMatchObject({ ...place, dataType: 'BOOLEAN', value: 0 });
    expect(found?.find(({ kind }) => kind === 'comment')).toMatchObject({ ...place, text: 'It is 14 days.' });
    expect((await send('GET', '/api/public/scores/1'))[1]).toMatchObject({ turn: 2, passage });
    expect((await send('GET', '/api/v1/comments/2'))[1]).toMatchObject({ objectType: 'OBSERVATION', turn: 2, passage });
  });

  it('keep no more of the text around a passage than finds it again', async () => {
    const { send } = anApp();
    const long = { exact: 'x', prefix: `far${'a'.repeat(200)}`, suffix: `${'b'.repeat(200)}far` };
    await send('POST', '/api/v1/scores', { id: '1', name: 'n', value: 1, traceId: TRACE, passage: long });
    const kept = { exact: 'x', prefix: 'a'.repeat(200), suffix: 'b'.repeat(200) };
    expect((await send('GET', '/api/v1/scores/1'))[1]).toMatchObject({ passage: kept });
  });

  it.each([
    [{ traceId: TRACE, turn: 0 }, 'body.turn must be the number of a turn in its trace: 1 for the first.'],
    [{ sessionId: 's', turn: 1 }, 'body.turn needs a trace; send the id of the trace that holds the turn.'],
    [{ traceId: TRACE, passage: {} }, 'body.passage.exact is missing; send a string.'],
    [{ traceId: TRACE, passage: 'x' }, 'body.passage must be a JSON object.'],
    [
      { traceId: TRACE, passage: { exact: 'x'.repeat(10_001) } },
      'body.passage.exact must have at most 10,000 characters; mark a shorter passage.',
    ],
    [
      { sessionId: 's', passage: { exact: 'x' } },
      'body.passage needs a trace or an observation; send the id of the one that said it.',
    ],
  ])('are refused where there is no such place, with what to send: %j', async (place, message) => {
    const { send } = anApp();
    expect(await send('POST', '/api/v1/scores', { name: 'n', value: 1, ...place })).toEqual([400, { message }]);
  });
});

describe('comments', () => {
  it.each([
    ['SESSION', 's'],
    ['TRACE', 'order 7'],
    ['OBSERVATION', SPAN],
  ])('are written on a %s, read and deleted', async (objectType, objectId) => {
    const { send } = anApp();
    const comment = { projectId: 'default', objectType, objectId, content: 'Look!', authorUserId: 'ann' };
    const [status, { id }] = (await send('POST', '/api/public/comments', comment)) as [number, { id: string }];
    expect(status).toBe(200);
    const query = `objectType=${objectType}&objectId=${encodeURIComponent(objectId)}`;
    expect(await send('GET', `/api/public/comments?${query}`)).toMatchObject([200, { data: [{ ...comment, id }] }]);
    expect(await send('GET', `/api/v1/comments/${id}`)).toMatchObject([200, comment]);
    expect((await send('DELETE', `/api/public/comments/${id}`))[0]).toBe(202);
    expect(await send('GET', `/api/public/comments?${query}`)).toMatchObject([200, { data: [] }]);
  });
});
