import type { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../../observation/observation.js';
import type { ServerEnv } from '../../routes/principal.js';
import { memoryStore } from '../../store/memory.js';
import { anObservation, spanId, traceId } from '../../store/testing.js';
import { signedIn } from '../../testing/signed-in.js';
import { createReadApi } from '../index.js';

/** 2026-05-04T10:00:00Z */
const TEN = Date.UTC(2026, 4, 4, 10);

let api: Hono<ServerEnv>;
let write: (...batch: Observation[]) => Promise<void>;

beforeEach(() => {
  const store = memoryStore();
  api = signedIn(createReadApi({ reader: store }));
  write = (...batch) => store.write('default', batch);
});

interface Answer {
  readonly data: Record<string, unknown>[];
  readonly meta: { readonly cursor?: string; readonly totalItems?: number };
  readonly message?: string;
}

async function get(path: string): Promise<Answer> {
  return (await (await api.request(`/api/public/${path}`)).json()) as Answer;
}

const numbersOf = ({ data }: Answer) => data.map(({ id }) => Number.parseInt(String(id), 16));

/** Every item, page by page. */
async function allOf(path: string): Promise<number[]> {
  const found: number[] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const page = await get(`v2/observations?${path}&cursor=${cursor}`);
    found.push(...numbersOf(page));
    cursor = page.meta.cursor;
  }
  return found;
}

/** Two traces that run at the same time: 1, 3 and 5 belong to the first, 2 and 4 to the second. */
async function writeTwo(): Promise<void> {
  const at = (number: number, say: Partial<Observation> = {}) =>
    anObservation({
      ...{ traceId: traceId(2 - (number % 2)), id: spanId(number), name: `step ${number}` },
      ...{ startMs: TEN + number * 1_000, endMs: TEN + number * 1_000 + 2_500, ...say },
    });
  await write(
    at(1, { trace: { sessionId: 'chat', userId: 'ada', tags: ['a', 'b'], name: 'first', release: 'r1' } }),
    at(2, { trace: { sessionId: 'other', userId: 'bob', tags: ['b'] }, environment: 'staging' }),
    at(3, {
      ...{ parentId: spanId(1), type: 'generation', model: 'gpt-4o', firstTokenMs: TEN + 3_250 },
      ...{ usage: { input: 10, output: 5, total: 15 }, cost: { total: 0.003 }, prompt: { name: 'qa', version: 3 } },
      modelParameters: { temperature: 0.2 },
      body: {
        input: '{"query":"What?"}',
        output: 'That.',
        metadata: { plan: 'pro', seats: 7, deep: { a: 'b' } },
        events: [],
      },
    }),
    at(4, { parentId: spanId(2), type: 'tool', level: 'ERROR', statusMessage: 'timed out', version: '2' }),
    at(5, { parentId: spanId(1), endMs: null }),
  );
}

describe('a list of observations', () => {
  it('has those of all traces, latest start first, whichever ran at the same time', async () => {
    await writeTwo();
    expect(numbersOf(await get('observations'))).toEqual([5, 4, 3, 2, 1]);
    const second = await get('observations?limit=2&page=2');
    expect([numbersOf(second), second.meta]).toEqual([[3, 2], { page: 2, limit: 2, totalItems: 5, totalPages: 3 }]);
  });

  it('can be narrowed by each of its fields', async () => {
    await writeTwo();
    const found = async (query: string) => numbersOf(await get(`observations?${query}`));
    expect(await found('sessionId=other')).toEqual([4, 2]);
    expect(await found(`traceId=${traceId(1)}&name=step 3`)).toEqual([3]);
    expect(await found('userId=bob')).toEqual([4, 2]);
    expect(await found('environment=staging')).toEqual([2]);
    expect(await found('version=2')).toEqual([4]);
    expect(await found(`parentObservationId=${spanId(1)}`)).toEqual([5, 3]);
    expect(await found('fromStartTime=2026-05-04T10:00:02Z&toStartTime=2026-05-04T10:00:04Z')).toEqual([3, 2]);
  });

  it('says of very many that there are more than have been shown', async () => {
    const batch = Array.from({ length: 2_100 }, (_, n) => anObservation({ id: spanId(n + 1), startMs: n, endMs: n }));
    await write(...batch);
    expect((await get('observations?limit=100')).meta.totalItems).toBe(1_000);
    expect((await get('observations?limit=100&page=20')).meta.totalItems).toBe(2_100);
  });
});

describe('the filter of observations', () => {
  beforeEach(writeTwo);

  it.each<[object, number[]]>([
    [{ type: 'string', column: 'type', operator: '=', value: 'generation' }, [3]],
    [{ type: 'stringOptions', column: 'type', operator: 'none of', value: ['SPAN'] }, [4, 3]],
    [{ type: 'string', column: 'name', operator: 'contains', value: '3' }, [3]],
    [{ type: 'string', column: 'name', operator: 'does not contain', value: '3' }, [5, 4, 2, 1]],
    [{ type: 'string', column: 'name', operator: 'starts with', value: 'step' }, [5, 4, 3, 2, 1]],
    [{ type: 'string', column: 'statusMessage', operator: 'ends with', value: 'out' }, [4]],
    [{ type: 'string', column: 'level', operator: '=', value: 'ERROR' }, [4]],
    [{ type: 'string', column: 'traceId', operator: '=', value: traceId(2) }, [4, 2]],
    [{ type: 'stringOptions', column: 'id', operator: 'any of', value: [spanId(1), spanId(4)] }, [4, 1]],
    [{ type: 'string', column: 'environment', operator: '=', value: 'default' }, [5, 4, 3, 1]],
    [{ type: 'string', column: 'userId', operator: '=', value: 'ada' }, [5, 3, 1]],
    [{ type: 'string', column: 'sessionId', operator: '=', value: 'other' }, [4, 2]],
    [{ type: 'string', column: 'traceName', operator: '=', value: 'first' }, [5, 3, 1]],
    [{ type: 'arrayOptions', column: 'traceTags', operator: 'all of', value: ['a', 'b'] }, [5, 3, 1]],
    [{ type: 'arrayOptions', column: 'tags', operator: 'any of', value: ['a', 'b'] }, [5, 4, 3, 2, 1]],
    [{ type: 'arrayOptions', column: 'tags', operator: 'none of', value: ['a'] }, [4, 2]],
    [{ type: 'datetime', column: 'startTime', operator: '>', value: '2026-05-04T10:00:03Z' }, [5, 4]],
    [{ type: 'datetime', column: 'startTime', operator: '<=', value: '2026-05-04T10:00:02Z' }, [2, 1]],
    [{ type: 'datetime', column: 'endTime', operator: '>=', value: '2026-05-04T10:00:06Z' }, [4]],
    [{ type: 'number', column: 'latency', operator: '>=', value: 2.5 }, [4, 3, 2, 1]],
    [{ type: 'number', column: 'timeToFirstToken', operator: '=', value: 0.25 }, [3]],
    [{ type: 'number', column: 'tokensPerSecond', operator: '=', value: 2 }, [3]],
    [{ type: 'number', column: 'totalTokens', operator: '>', value: 14 }, [3]],
    [{ type: 'number', column: 'totalCost', operator: '<', value: 1 }, [3]],
    [{ type: 'string', column: 'model', operator: '=', value: 'gpt-4o' }, [3]],
    [{ type: 'string', column: 'promptName', operator: '=', value: 'qa' }, [3]],
    [{ type: 'number', column: 'promptVersion', operator: '=', value: 3 }, [3]],
    [{ type: 'boolean', column: 'isRootObservation', operator: '=', value: true }, [2, 1]],
    [{ type: 'null', column: 'endTime', operator: 'is null' }, [5]],
    [{ type: 'null', column: 'model', operator: 'is not null' }, [3]],
    [{ type: 'stringObject', column: 'metadata', key: 'plan', operator: '=', value: 'pro' }, [3]],
    [{ type: 'stringObject', column: 'metadata', key: 'deep.a', operator: 'starts with', value: 'b' }, [3]],
    [{ type: 'numberObject', column: 'metadata', key: 'seats', operator: '>', value: 6 }, [3]],
    [{ type: 'categoryOptions', column: 'metadata', key: 'plan', operator: 'none of', value: ['pro'] }, [5, 4, 2, 1]],
    [{ type: 'string', column: 'input', operator: 'matches', value: 'WHAT' }, [3]],
    [{ type: 'string', column: 'output', operator: 'contains', value: 'That' }, [3]],
  ])('%j finds %j', async (condition, numbers) => {
    const filter = encodeURIComponent(JSON.stringify([condition]));
    expect(numbersOf(await get(`observations?filter=${filter}`))).toEqual(numbers);
    expect(numbersOf(await get(`v2/observations?filter=${filter}`))).toEqual(numbers);
  });

  it('needs all of its conditions, and stands instead of other fields', async () => {
    const filter = encodeURIComponent(
      JSON.stringify([
        { type: 'string', column: 'userId', operator: '=', value: 'ada' },
        { type: 'null', column: 'parentObservationId', operator: 'is not null' },
      ]),
    );
    expect(numbersOf(await get(`observations?userId=bob&filter=${filter}`))).toEqual([5, 3]);
  });

  it.each([
    [
      '[{"type":"string","column":"colour","operator":"=","value":"red"}]',
      /^filter has a condition .*colour.*; answered are id, /,
    ],
    ['[{"type":"number","column":"latency","operator":"contains","value":1}]', /^filter has a condition .*contains/],
    [
      '[{"type":"stringObject","column":"metadata","operator":"=","value":"pro"}]',
      /^filter has a condition .*metadata/,
    ],
    ['latency', /^filter must be a JSON list of conditions, got "latency"\.$/],
  ])('%s is a 400 that names the condition and what is answered', async (filter, message) => {
    for (const path of ['observations', 'v2/observations']) {
      const response = await api.request(`/api/public/${path}?filter=${encodeURIComponent(filter)}`);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { message: string }).message).toMatch(message);
    }
  });
});

describe('observations of version 2', () => {
  it('come page by page, each once and none left out, with more than one at a moment', async () => {
    const batch = Array.from({ length: 60 }, (_, n) =>
      anObservation({
        ...{ traceId: traceId(1 + (n % 7)), id: spanId(n + 1) },
        ...{ startMs: TEN + Math.floor(n / 4), endMs: TEN + Math.floor(n / 4) + (n % 7 === 0 ? 100 : 1) },
      }),
    );
    await write(...batch);
    const whole = await allOf('limit=1000');
    expect(whole.toSorted((a, b) => a - b)).toEqual(batch.map((_, n) => n + 1));
    for (const limit of [1, 7, 59, 60]) expect(await allOf(`limit=${limit}`), `pages of ${limit}`).toEqual(whole);
    expect((await allOf('limit=7&fromStartTime=2026-05-04T10:00:00.010Z')).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 41),
    );
  });

  it('have the groups of fields that are asked for, core and basic unless said otherwise', async () => {
    await writeTwo();
    const [one] = (await get('v2/observations?type=GENERATION')).data;
    const nulls = { modelId: null, inputPrice: null, outputPrice: null, totalPrice: null };
    const core = {
      ...{ id: spanId(3), traceId: traceId(1), projectId: 'default', parentObservationId: spanId(1) },
      ...{ type: 'GENERATION', startTime: '2026-05-04T10:00:03.000Z', endTime: '2026-05-04T10:00:05.500Z' },
    };
    expect(one).toEqual({
      ...{ ...nulls, ...core, name: 'step 3', level: 'DEFAULT', statusMessage: null, version: null },
      ...{ environment: 'default', bookmarked: false, public: false, userId: 'ada', sessionId: 'chat' },
      isRootObservation: false,
    });
    const groups = 'io,metadata,model,usage,prompt,metrics,trace_context,time';
    const [all] = (await get(`v2/observations?type=GENERATION&fields=${groups}`)).data;
    expect(all).toEqual({
      ...{ ...nulls, ...core, input: '{"query":"What?"}', output: 'That.' },
      metadata: { plan: 'pro', seats: 7, deep: { a: 'b' } },
      ...{ model: 'gpt-4o', providedModelName: 'gpt-4o', internalModelId: null, modelParameters: { temperature: 0.2 } },
      ...{ usageDetails: { input: 10, output: 5, total: 15 }, costDetails: { total: 0.003 }, totalCost: 0.003 },
      ...{ usagePricingTierName: null, promptId: null, promptName: 'qa', promptVersion: 3 },
      ...{ latency: 2.5, timeToFirstToken: 0.25, traceName: 'first', tags: ['a', 'b'], release: 'r1' },
      completionStartTime: '2026-05-04T10:00:03.250Z',
      ...{ createdAt: '2026-05-04T10:00:03.000Z', updatedAt: '2026-05-04T10:00:05.500Z' },
    });
    const [parsed] = (await get('v2/observations?type=GENERATION&fields=io&parseIoAsJson=true')).data;
    expect(parsed).toMatchObject({ input: { query: 'What?' }, output: 'That.' });
  });

  it('cut long values of metadata, unless their keys are asked for', async () => {
    await write(anObservation({ body: { metadata: { long: 'x'.repeat(300), short: 's' } } }));
    const [cut] = (await get('v2/observations?fields=metadata')).data;
    expect(cut?.metadata).toEqual({ long: `${'x'.repeat(200)}…`, short: 's' });
    const [whole] = (await get('v2/observations?fields=metadata&expandMetadata=long')).data;
    expect(whole?.metadata).toEqual({ long: 'x'.repeat(300), short: 's' });
  });

  it('are those without a parent where that is asked for', async () => {
    await writeTwo();
    expect(numbersOf(await get('v2/observations?isRootObservation=true'))).toEqual([2, 1]);
    expect(numbersOf(await get('v2/observations?parentObservationId='))).toEqual([2, 1]);
    expect(numbersOf(await get('v2/observations?isRootObservation=false'))).toEqual([5, 4, 3]);
  });

  it('that few are, are looked for in steps, each of which goes on where the one before ended', async () => {
    const batch = Array.from({ length: 9_000 }, (_, n) =>
      anObservation({ id: spanId(n + 1), name: n % 4_500 === 0 ? 'rare' : 'common', startMs: n, endMs: n }),
    );
    await write(...batch);
    const first = await get('v2/observations?name=rare');
    expect([first.data, first.meta]).toEqual([[], { cursor: expect.any(String) }]);
    expect(await allOf('name=rare')).toEqual([4_501, 1]);
  });

  it('refuse a cursor of somebody else', async () => {
    for (const cursor of ['abc', Buffer.from('[1,2]').toString('base64url')]) {
      const { message } = await get(`v2/observations?cursor=${cursor}`);
      expect(message).toBe('cursor is not one that this server gave; leave it out to start from the first page.');
    }
  });
});

describe('one observation', () => {
  it('is read by its id, in the trace that ended last unless one is named', async () => {
    await writeTwo();
    await write(anObservation({ traceId: traceId(3), id: spanId(3), name: 'early', startMs: 1, endMs: 2 }));
    expect(await get(`observations/${spanId(3)}`)).toMatchObject({ name: 'step 3', input: { query: 'What?' } });
    expect(await get(`observations/${spanId(3)}?traceId=${traceId(3)}`)).toMatchObject({ name: 'early' });
  });

  it('that does not exist is a 404 with a message', async () => {
    expect(await get('observations/nope')).toEqual({ message: 'There is no observation "nope".' });
  });
});
