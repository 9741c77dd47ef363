import { describe, expect, it } from 'vitest';
import { startCollector } from '../testing/collector.js';
import { FakeClock } from '../testing/fake-clock.js';
import { startPipeline } from '../testing/pipeline.js';

describe('the counts', () => {
  it('include the age of the oldest span, the failed requests, and the time of the last success', async () => {
    let isDown = true;
    const collector = await startCollector((_request, response) => {
      response.writeHead(isDown ? 503 : 200).end();
    });
    const clock = new FakeClock();
    const { processor, start } = startPipeline({ baseUrl: collector.baseUrl }, { clock, random: () => 0.5 });
    expect(processor.stats()).toMatchObject({ oldestPendingMs: 0, lastDeliveredAtMs: undefined, retries: 0 });
    start('old').end();
    await clock.advance(400);
    start('young').end();
    await clock.advance(50);
    expect(processor.stats()).toMatchObject({ pending: 2, inFlight: 0, oldestPendingMs: 450 });
    await clock.advance(50);
    await collector.received(1);
    await expect.poll(() => processor.stats().retries).toBe(1);
    expect(processor.stats()).toMatchObject({ pending: 2, inFlight: 0, oldestPendingMs: 500 });
    isDown = false;
    await clock.advance(10_000);
    await expect.poll(() => processor.stats().pending).toBe(0);
    expect(processor.stats()).toMatchObject({
      delivered: 2,
      oldestPendingMs: 0,
      pendingBytes: 0,
      lastDeliveredAtMs: expect.any(Number),
    });
  });

  it('distinguish 400, 404 and 500, as onDrop and the log do', async () => {
    const statuses = [400, 404, 500, 404];
    const collector = await startCollector((_request, response, count) => {
      response.writeHead(statuses[count - 1] ?? 200).end();
    });
    const reported: unknown[] = [];
    const lines: string[] = [];
    const { processor, start } = startPipeline({
      baseUrl: collector.baseUrl,
      onDrop: (...drop) => reported.push(drop),
      log: (line) => lines.push(line),
    });
    for (let request = 1; request <= statuses.length; request++) {
      for (let span = 0; span < request; span++) start('span').end();
      await processor.forceFlush();
    }
    expect(processor.stats().dropped.refused).toBe(10);
    expect(processor.stats().refusedByStatus).toEqual({ 400: 1, 404: 6, 500: 3 });
    expect(reported).toEqual([
      ['refused', 1, 400],
      ['refused', 2, 404],
      ['refused', 3, 500],
      ['refused', 4, 404],
    ]);
    expect(lines.map((line) => /answered (\d+)/.exec(line)?.[1])).toEqual(['400', '404', '500']);
  });

  it('have no status when a setting makes sending impossible', async () => {
    const reported: unknown[] = [];
    const { processor, start } = startPipeline({ baseUrl: 'ftp://x', onDrop: (...drop) => reported.push(drop) });
    start('span').end();
    await processor.forceFlush();
    expect(processor.stats()).toMatchObject({ dropped: { refused: 1 }, refusedByStatus: {} });
    expect(reported).toEqual([['refused', 1, undefined]]);
  });

  it('are logged once a minute, with the total and what to do', async () => {
    const lines: string[] = [];
    const clock = new FakeClock();
    const { processor, start } = startPipeline(
      { baseUrl: 'http://127.0.0.1:1', maxQueueBytes: 1, log: (line) => lines.push(line) },
      { clock },
    );
    for (let span = 0; span < 1_000; span++) start('span').end();
    await clock.advance(60_000);
    expect(processor.stats().dropped.queue_full).toBe(1_000);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\[powerrag\] 1 span dropped so far: .*maxQueueBytes/);
    expect(lines[1]).toMatch(/^\[powerrag\] 1000 spans dropped so far: .*maxQueueBytes/);
  });
});
