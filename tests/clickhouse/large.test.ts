import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Annotation } from '../../packages/server/src/store/annotations.js';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import { anObservation, spanId, traceId } from '../../packages/server/src/store/testing.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
});
afterAll(() => engine.kill());

it('a batch of thousands of traces, sessions with long ids and texts is written and read back in requests that ClickHouse takes', async () => {
  const store = await clickhouseStore({ cluster: engine.cluster, url: await engine.database() });
  onTestFinished(() => store.close());
  const batch = Array.from({ length: 3_000 }, (_, index) =>
    anObservation({
      ...{ traceId: traceId(index + 1), id: spanId(index + 1) },
      trace: { sessionId: index < 500 ? `${index}-`.padEnd(1_024, "it's \\ ") : 'one' },
      body: { input: `${index}: ${'a text of its own. '.repeat(20)}` },
    }),
  );
  await store.write('p', batch);
  expect(await store.countSessions('p', {})).toEqual({ count: 501, isExact: true });
  expect(await store.getSession('p', 'one')).toMatchObject({ traceCount: 2_500, observationCount: 2_500 });
  const bodies = await store.readBodies('p', batch);
  expect(bodies.map((body) => body?.input)).toEqual(batch.map(({ body }) => body.input));
  const score: Annotation = {
    ...{
      kind: 'score',
      id: 'x',
      name: 'good',
      timeMs: 1,
      dataType: 'NUMERIC',
      value: 1,
      stringValue: null,
      text: null,
    },
    ...{
      sessionId: null,
      traceId: traceId(3_000),
      observationId: null,
      source: { traceId: null, observationId: null },
    },
    ...{ origin: 'API', environment: null, authorUserId: null, metadata: {} },
  };
  await store.writeAnnotations('p', [score]);
  const found = await store.annotationsOf('p', { sessionId: 'one', traceIds: batch.map((each) => each.traceId) });
  expect(found).toMatchObject([{ id: 'x' }]);
});
