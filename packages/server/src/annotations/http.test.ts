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

  /** Four scores: on a trace of ada and its span, on a trace that never came, and on a session. */
  async function scored() {
    const { send } = anApp();
    const ofAda = [
      { key: 'user.id', value: text('ada') },
      { key: 'langfuse.trace.tags', value: { arrayValue: { values: [text('docs'), text('beta')] } } },
    ];
    await send('POST', '/v1/traces', inSession({ attributes: ofAda }));
    for (const score of [
      { id: 'num', traceId: TRACE, name: 'helpful', value: 0.5, environment: 'prod', metadata: { judge: 'gpt' } },
      { id: 'bool', traceId: TRACE, observationId: SPAN, name: 'correct', value: true },
      { id: 'cat', traceId: 'f'.repeat(32), name: 'tone', value: 'rude', dataType: 'CATEGORICAL' },
      { id: 'of s', sessionId: 's', name: 'helpful', value: 0.9, comment: 'good' },
    ]) {
      await send('POST', '/api/public/scores', score);
    }
    const idsAt = (path: string) => async (query: string) => {
      const [status, answer] = await send('GET', `${path}?${query}`);
      const { data } = answer as { data?: { id: string }[] };
      return status === 200 ? data?.map(({ id }) => id).sort() : answer;
    };
    return { send, v2: idsAt('/api/public/v2/scores'), v3: idsAt('/api/public/v3/scores') };
  }

  const filtered = (...conditions: object[]) => `filter=${encodeURIComponent(JSON.stringify(conditions))}`;

  it.each([
    ['scoreIds=num,cat,other', ['cat', 'num']],
    [`observationId=${SPAN},a`, ['bool']],
    ['sessionId=s', ['of s']],
    ['source=API&dataType=NUMERIC', ['num', 'of s']],
    ['source=ANNOTATION', []],
    ['dataType=BOOLEAN', ['bool']],
    ['environment=prod', ['num']],
    ['environment=default&environment=prod&name=helpful', ['num', 'of s']],
    ['operator=%3E&value=0.5', ['bool', 'of s']],
    ['operator=%3D&value=0.5', ['num']],
    ['userId=ada', ['bool', 'num']],
    ['userId=bob', []],
    ['traceTags=docs&traceTags=beta&dataType=NUMERIC', ['num']],
    [filtered({ type: 'stringObject', column: 'metadata', key: 'judge', operator: '=', value: 'gpt' }), ['num']],
    [filtered({ type: 'string', column: 'comment', operator: 'contains', value: 'goo' }), ['of s']],
    [filtered({ type: 'null', column: 'userId', operator: 'is null', value: '' }), ['cat', 'of s']],
  ])('are narrowed by %s', async (query, ids) => {
    expect(await (await scored()).v2(query)).toEqual(ids);
  });

  it('say of whose trace they are, unless the score alone is asked for', async () => {
    const { send } = await scored();
    const trace = { userId: 'ada', tags: ['beta', 'docs'], sessionId: null, environment: 'default' };
    expect(await send('GET', '/api/public/v2/scores?name=correct')).toMatchObject([200, { data: [{ trace }] }]);
    expect(await send('GET', '/api/public/v2/scores/bool')).toMatchObject([200, { trace }]);
    const [, alone] = await send('GET', '/api/public/v2/scores?name=correct&fields=score');
    expect((alone as { data: object[] }).data[0]).not.toHaveProperty('trace');
  });

  it.each([
    ['configId=1', /^configId is not supported; scores here come from no configuration/],
    ['source=api', /^source must be one of API, EVAL, ANNOTATION, got "api"/],
    ['value=1', /^value needs operator; send both/],
    ['operator=%3E', /^operator needs value; send both/],
    [
      filtered({ type: 'string', column: 'colour', operator: '=', value: 'red' }),
      /^filter has a condition that is not/,
    ],
  ])('are not narrowed by %s, which would be an answer to another question', async (query, message) => {
    const answer = await anApp().send('GET', `/api/public/v2/scores?${query}`);
    expect(answer).toEqual([400, { message: expect.stringMatching(message) }]);
  });

  it.each([
    ['id=num,cat', ['cat', 'num']],
    ['name=helpful,tone', ['cat', 'num', 'of s']],
    ['source=api,eval&dataType=boolean', ['bool']],
    ['dataType=BOOLEAN&value=true', ['bool']],
    ['dataType=NUMERIC&value=0.5,7', ['num']],
    ['dataType=CATEGORICAL&value=rude', ['cat']],
    ['dataType=NUMERIC&valueMin=0.6&valueMax=0.9', ['of s']],
    [`traceId=${TRACE}&observationId=${SPAN}`, ['bool']],
    ['sessionId=s,t', ['of s']],
    ['environment=prod', ['num']],
  ])('are narrowed by %s in version 3', async (query, ids) => {
    expect(await (await scored()).v3(query)).toEqual(ids);
  });

  it('have values of their types in version 3, what is asked for beside them, and a cursor to the rest', async () => {
    const { send } = await scored();
    const found: { id: string }[] = [];
    let cursor = '';
    do {
      const query = `limit=1&fields=details,subject,annotation${cursor && `&cursor=${cursor}`}`;
      const [status, page] = await send('GET', `/api/public/v3/scores?${query}`);
      expect(status).toBe(200);
      const { data, meta } = page as { data: { id: string }[]; meta: { limit: number; cursor?: string } };
      found.push(...data);
      cursor = meta.cursor ?? '';
    } while (cursor !== '');
    const byId = Object.fromEntries(found.map((score) => [score.id, score]));
    expect(found).toHaveLength(4);
    expect(byId).toMatchObject({
      num: { value: 0.5, subject: { kind: 'trace', id: TRACE }, metadata: { judge: 'gpt' }, projectId: 'default' },
      bool: { value: true, subject: { kind: 'observation', id: SPAN, traceId: TRACE } },
      cat: { value: 'rude', queueId: null },
      'of s': { value: 0.9, subject: { kind: 'session', id: 's' }, comment: 'good' },
    });
    const [, core] = await send('GET', '/api/public/v3/scores?limit=1');
    expect((core as { data: object[] }).data[0]).not.toHaveProperty('subject');
  });

  it.each([
    ['value=1', 'value needs one dataType of NUMERIC, BOOLEAN, CATEGORICAL.'],
    ['value=1&dataType=BOOLEAN', 'value must be true or false where dataType is BOOLEAN, got "1".'],
    ['value=x&dataType=NUMERIC', 'value must be a number where dataType is NUMERIC, got "x".'],
    ['valueMin=1', 'valueMin and valueMax need dataType=NUMERIC.'],
    ['traceId=a&sessionId=s', 'sessionId goes without traceId; send one of them.'],
    ['observationId=a', 'observationId needs traceId: ids of observations belong to a trace.'],
    ['dataType=TEXT', 'dataType must be some of NUMERIC, BOOLEAN, CATEGORICAL, got "TEXT".'],
    ['cursor=abc', 'cursor must be the meta.cursor of the page before, got "abc".'],
  ])('are refused for %s in version 3, with what to send', async (query, message) => {
    expect(await anApp().send('GET', `/api/public/v3/scores?${query}`)).toEqual([400, { message }]);
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
