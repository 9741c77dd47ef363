import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../../support/child-process.js';
import { getJson } from '../../support/http.js';
import { type ServerProcess, startServer } from '../../support/server-process.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { pythonWith } from '../python.js';

/** Generated requests for each route, valid and not. */
const REQUESTS = 8;

/** What the document promises, and what no server may answer. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const DOOMED = 12;
const PICTURE = Buffer.alloc(120, 7);

let python: string;
let server: ServerProcess;

beforeAll(async () => {
  python = await pythonWith('openapi/requirements.txt');
  server = await startServer();
});

afterAll(() => server?.stop());

const traceId = (number: number) => number.toString(16).padStart(32, '0');
const spanId = (number: number) => number.toString(16).padStart(16, '0');

async function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  return response;
}

/** A conversation with a picture, an error and a score, and sessions that may be deleted. */
async function storeSomething(): Promise<Record<'stored' | 'doomed', Record<string, readonly string[]>>> {
  const picture = `data:image/png;base64,${PICTURE.toString('base64')}`;
  const numbers = Array.from({ length: 1 + DOOMED }, (_, at) => at + 1);
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const nameOf = (number: number) => (number === 1 ? 'stored' : `doomed-${number}`);
  const spans = numbers.map((number) => ({
    ...{ traceId: traceId(number), spanId: spanId(number), name: 'answer', kind: 1 },
    ...{ startTimeUnixNano: '1764000000000000000', endTimeUnixNano: '1764000001000000000' },
    ...{ status: { code: number % 2 === 0 ? 2 : 1, message: 'as it is' } },
    attributes: [
      attribute('session.id', nameOf(number)),
      attribute('user.id', nameOf(number)),
      attribute('langfuse.observation.type', 'generation'),
      attribute('langfuse.observation.input', JSON.stringify([{ role: 'user', content: `${picture} What is it?` }])),
      attribute('langfuse.observation.output', 'word '.repeat(2_000)),
      attribute('gen_ai.request.model', 'gpt-4o'),
      attribute('langfuse.trace.tags', 'x'),
    ],
  }));
  await post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  for (const number of numbers) {
    const traceOf = { traceId: traceId(number), id: nameOf(number) };
    await post('/api/public/scores', { ...traceOf, name: 'useful', value: 1 });
    await post('/api/public/comments', {
      id: nameOf(number),
      objectType: 'TRACE',
      objectId: traceId(number),
      content: 'Hi',
    });
  }
  const doomed = numbers.slice(1);
  const media = createHash('sha256').update(PICTURE).digest('base64url').slice(0, 22);
  const named = { session: ['stored'], user: ['stored'], score: ['stored'], comment: ['stored'] };
  return {
    stored: { ...named, trace: [traceId(1)], observation: [spanId(1)], media: [media] },
    doomed: {
      ...{ session: doomed.map(nameOf), user: doomed.map(nameOf), trace: doomed.map(traceId) },
      ...{ score: doomed.map(nameOf), comment: doomed.map(nameOf) },
    },
  };
}

const BODIES = {
  '/scores': { traceId: traceId(1), name: 'useful', value: 1 },
  '/comments': { objectType: 'TRACE', objectId: traceId(1), content: 'Hi' },
  '/media': {
    ...{ traceId: traceId(1), field: 'input', contentType: 'image/png', contentLength: PICTURE.length },
    sha256Hash: createHash('sha256').update(PICTURE).digest('base64'),
  },
  '/ingestion': {
    batch: [{ id: 'e', type: 'trace-create', timestamp: '2026-01-01T00:00:00Z', body: { id: 'sent', name: 'sent' } }],
  },
  '/public/traces': { traceIds: [traceId(9_999)] },
  '/v1/traces': { resourceSpans: [] },
  '/v1/logs': { resourceLogs: [] },
};

/** Reads for which no request was valid, by what the server counted. */
async function readsWithoutSuccess(): Promise<string[]> {
  const { paths } = await getJson<{ paths: Record<string, object> }>(`${server.url}/api/openapi.json`);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Object.entries(paths).flatMap(([path, operations]) =>
    'get' in operations && !path.endsWith('/changes') && !metrics.includes(`method="GET",route="${path}",status="200"`)
      ? [path]
      : [],
  );
}

describe('every route of the OpenAPI document', () => {
  it('answers generated requests as the document says, and never with a 5xx', async () => {
    const { stored, doomed } = await storeSomething();
    const { code, stdout, stderr } = await runToEnd(
      join(dirname(python), 'schemathesis'),
      [
        ...['run', `${server.url}/api/openapi.json`],
        ...['--phases', 'examples,fuzzing', '--max-examples', String(REQUESTS)],
        ...['--checks', CHECKS.join(','), '--generation-deterministic'],
        ...['--request-timeout', '20', '--suppress-health-check', 'all', '--warnings', 'off', '--no-color'],
        // Lives as long as its connection; the tests of live sessions hold its answers.
        ...['--exclude-path-regex', '/changes$'],
      ],
      {
        // It leaves files where it runs.
        cwd: temporaryFolder(),
        env: {
          ...{ SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: '1' },
          ...{ STORED_IDS: JSON.stringify(stored), DOOMED_IDS: JSON.stringify(doomed) },
          BODIES: JSON.stringify(BODIES),
        },
      },
    );
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    // All routes were tried, and none was left out for a reason of the tool.
    const [, selected, total] = /Selected: (\d+)\/(\d+)/.exec(stdout) ?? [];
    expect(Number(selected)).toBeGreaterThan(60);
    expect(Number(total) - Number(selected)).toBeLessThan(3);
    expect(stdout).toMatch(new RegExp(`Tested: ${selected}\\b`));
    expect(await readsWithoutSuccess()).toEqual([]);
  });
});
