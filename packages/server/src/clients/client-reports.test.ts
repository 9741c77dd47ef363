import { describe, expect, it } from 'vitest';
import { aRequest, aSpan, encodeJson } from '../ingest/testing.js';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';
import { ClientReports, readClientReport } from './client-reports.js';

const report = {
  id: 'client-1',
  sdk: { name: '@powerrag/exporter', version: '1.2.3' },
  service: 'bookshop',
  ended: 100,
  delivered: 90,
  dropped: { queue_full: 9, rejected: 1 },
};

const headers = (value: object) => new Headers({ 'x-powerrag-client-report': JSON.stringify(value) });

function setUp() {
  const lines: string[] = [];
  const time = { now: 1_000_000 };
  const reports = new ClientReports({
    log: { info: (line) => lines.push(line), error: () => {} },
    now: () => time.now,
  });
  return { lines, reports, time };
}

describe('a client report', () => {
  it.each(['/v1/traces', '/api/public/otel/v1/traces'])(
    'that comes with spans at %s can be read, and is logged once',
    async (path) => {
      const lines: string[] = [];
      const store = memoryStore();
      const app = appOver(store, {
        log: { info: (line) => lines.push(line), error: () => {} },
      });
      const request = {
        method: 'POST',
        body: encodeJson(aRequest(aSpan())),
        headers: { 'content-type': 'application/json', 'x-powerrag-client-report': JSON.stringify(report) },
      };
      for (let time = 0; time < 2; time++) expect((await app.request(path, request)).status).toBe(200);
      const response = await app.request('/api/v1/client-reports');
      const seen = { firstSeenMs: expect.any(Number), lastSeenMs: expect.any(Number) };
      expect(await response.json()).toEqual({ data: [{ ...report, ...seen }] });
      expect(lines).toEqual([
        'a client dropped spans {"project":"default","service":"bookshop","client":"client-1",' +
          '"sdk":"@powerrag/exporter/1.2.3","spans":10,"dropped":{"queue_full":9,"rejected":1}}',
      ]);
    },
  );

  it.each([
    ['no JSON', 'nonsense'],
    ['too long', JSON.stringify({ ...report, service: 'x'.repeat(5_000) })],
    ['a list', '[]'],
    ['null', 'null'],
    ['one without an id', JSON.stringify({ ...report, id: '' })],
    ['one with a negative count', JSON.stringify({ ...report, dropped: { queue_full: -1 } })],
    ['one with half a span', JSON.stringify({ ...report, dropped: { queue_full: 0.5 } })],
    ['one with a number too large to count with', JSON.stringify({ ...report, ended: 1e300 })],
    ['one with a reason that is none', JSON.stringify({ ...report, dropped: { 'x\n': 1 } })],
    ['one that would change prototypes', JSON.stringify(report).replace('queue_full', '__proto__')],
    [
      'one with too many reasons',
      JSON.stringify({ ...report, dropped: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`r${i}`, 1])) }),
    ],
  ])('that is %s is ignored', async (_name, value) => {
    expect(readClientReport(value)).toBeNull();
    const { lines, reports } = setUp();
    reports.receive('default', new Headers({ 'x-powerrag-client-report': value.replace(/\n/g, '') }));
    expect(await reports.list('default')).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('that arrives after a later one changes nothing', async () => {
    const { reports } = setUp();
    reports.receive('default', headers(report));
    reports.receive('default', headers({ ...report, dropped: { queue_full: 1 } }));
    expect(await reports.list('default')).toMatchObject([{ dropped: { queue_full: 9, rejected: 1 } }]);
  });

  it('is logged again when more spans were dropped, at most once a minute', () => {
    const { lines, reports, time } = setUp();
    for (let spans = 1; spans <= 120; spans++) {
      time.now += 1_000;
      reports.receive('default', headers({ ...report, dropped: { queue_full: spans } }));
    }
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('"spans":61');
  });

  it('belongs to one project only', async () => {
    const { reports } = setUp();
    reports.receive('mine', headers(report));
    expect(await reports.list('yours')).toEqual([]);
    expect(await reports.list('mine')).toHaveLength(1);
  });
});

it('of ever new clients the last 200 are kept, and 60 a minute logged', async () => {
  const { lines, reports } = setUp();
  for (let client = 0; client < 1_000; client++)
    reports.receive('default', headers({ ...report, id: `client-${client}` }));
  const ids = (await reports.list('default')).map(({ id }) => id);
  expect(ids).toHaveLength(200);
  expect(ids[0]).toBe('client-999');
  expect(lines).toHaveLength(60);
});
