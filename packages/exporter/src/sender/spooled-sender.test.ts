import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startCollector } from '../testing/collector.js';
import { startPipeline } from '../testing/pipeline.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';

const NOWHERE = 'http://127.0.0.1:1';

/** Bytes of all files under a directory. */
function bytesUnder(directory: string): number {
  let bytes = 0;
  for (const name of fs.readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const stat = fs.lstatSync(path.join(directory, name));
    if (stat.isFile()) bytes += stat.size;
  }
  return bytes;
}

describe('with a spool directory', () => {
  it('a span is on disk before it is sent, and removed when the server has it', async () => {
    const spoolDirectory = temporaryDirectory();
    let onDisk = 0;
    const collector = await startCollector((_request, response) => {
      onDisk = bytesUnder(spoolDirectory);
      response.end();
    });
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, spoolDirectory });
    start('span', undefined, { text: 'x'.repeat(1_000) }).end();
    await processor.forceFlush();
    expect(onDisk).toBeGreaterThan(1_000);
    expect(processor.stats()).toMatchObject({ delivered: 1, pending: 0, spooled: 0 });
    await processor.shutdown();
    expect(fs.readdirSync(spoolDirectory)).toEqual([]);
  });

  it('spans that shutdown could not deliver are delivered by the next process, with the session id', async () => {
    const spoolDirectory = temporaryDirectory();
    const collector = await startCollector();
    const first = startPipeline({ baseUrl: NOWHERE, spoolDirectory });
    const root = first.start('root');
    first.start('child', root).end();
    root.setAttribute('session.id', 's');
    root.end();
    const report = await first.processor.shutdown({ timeoutMs: 50 });
    expect(report).toEqual({ delivered: 0, spooled: 2, dropped: 0, timedOut: true });
    const second = startPipeline({ baseUrl: collector.baseUrl, spoolDirectory });
    await vi.waitFor(() => expect(second.processor.stats().recovered).toBe(2), 10_000);
    expect(collector.spans().map(({ name, attributes }) => [name, attributes['session.id']])).toEqual([
      ['child', 's'],
      ['root', 's'],
    ]);
    expect(second.processor.stats()).toMatchObject({ ended: 0, delivered: 0, pending: 0 });
    await vi.waitFor(() => expect(fs.readdirSync(spoolDirectory)).toEqual([]), 10_000);
  });

  it('an outage that exceeds memory drops nothing, and memory stays within its limit', async () => {
    const spoolDirectory = temporaryDirectory();
    let isDown = true;
    const collector = await startCollector((_request, response) => {
      response.writeHead(isDown ? 503 : 200).end();
    });
    const maxQueueBytes = 100_000;
    const { start, processor } = startPipeline(
      { baseUrl: collector.baseUrl, spoolDirectory, maxQueueBytes },
      { random: () => 0.01 },
    );
    let most = 0;
    for (let index = 0; index < 2_000; index++) {
      start(`span ${index}`, undefined, { text: 'x'.repeat(500) }).end();
      most = Math.max(most, processor.stats().pendingBytes);
      if (index % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(processor.stats()).toMatchObject({ pending: 2_000, delivered: 0 });
    expect(processor.stats().spoolBytes).toBe(bytesUnder(spoolDirectory));
    expect(processor.stats().spoolBytes).toBeGreaterThan(5 * maxQueueBytes);
    isDown = false;
    await processor.forceFlush();
    expect(most).toBeLessThanOrEqual(maxQueueBytes);
    expect(processor.stats()).toMatchObject({ ended: 2_000, delivered: 2_000, pending: 0, pendingBytes: 0 });
    expect(new Set(collector.spans().map(({ name }) => name)).size).toBe(2_000);
  });

  it('a batch that is only on disk is split if it is too large for the server', async () => {
    const spoolDirectory = temporaryDirectory();
    const first = startPipeline({ baseUrl: NOWHERE, spoolDirectory });
    for (let index = 0; index < 10; index++) first.start(`span ${index}`).end();
    await first.processor.shutdown({ timeoutMs: 10 });
    const collector = await startCollector((request, response) => {
      response.writeHead(request.body.length > 300 ? 413 : 200).end();
    });
    const second = startPipeline({ baseUrl: collector.baseUrl, spoolDirectory });
    await vi.waitFor(() => expect(second.processor.stats().recovered).toBe(10), 10_000);
    expect(new Set(collector.spans().map(({ name }) => name)).size).toBe(10);
    await vi.waitFor(() => expect(fs.readdirSync(spoolDirectory)).toEqual([]), 10_000);
  });

  it('a span of an earlier process that the server refuses is counted separately and reported', async () => {
    const spoolDirectory = temporaryDirectory();
    const first = startPipeline({ baseUrl: NOWHERE, spoolDirectory });
    first.start('span').end();
    await first.processor.shutdown({ timeoutMs: 10 });
    const drops: [string, number][] = [];
    const collector = await startCollector((_request, response) => response.writeHead(400).end());
    const { processor } = startPipeline({
      baseUrl: collector.baseUrl,
      spoolDirectory,
      onDrop: (reason, count) => drops.push([reason, count]),
    });
    await vi.waitFor(() => expect(processor.stats().recoveredDropped).toBe(1), 10_000);
    expect(drops).toEqual([['refused', 1]]);
    expect(processor.stats()).toMatchObject({ ended: 0, dropped: { refused: 0 } });
  });

  it('batches of earlier processes respect Retry-After, and take turns with new ones', async () => {
    const spoolDirectory = temporaryDirectory();
    const first = startPipeline({ baseUrl: NOWHERE, spoolDirectory, flushAt: 1 });
    for (let index = 0; index < 40; index++) first.start(`old ${index}`).end();
    await first.processor.shutdown({ timeoutMs: 100 });
    const times: number[] = [];
    const collector = await startCollector((_request, response, count) => {
      times.push(performance.now());
      if (count === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end();
    });
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, spoolDirectory, flushAt: 1 });
    await collector.received(1);
    for (let index = 0; index < 20; index++) start(`new ${index}`).end();
    await vi.waitFor(() => expect(processor.stats()).toMatchObject({ recovered: 40, delivered: 20 }), 10_000);
    // Those were on their way before the answer came. Node's timers may fire up to a millisecond early.
    const early = times.filter((at) => at - (times[0] ?? 0) < 999).length;
    expect(early).toBeLessThanOrEqual(4);
    const names = collector.spans().map(({ name }) => name);
    expect(names.findIndex((name) => name.startsWith('new'))).toBeLessThan(5);
    expect(names.lastIndexOf('new 19')).toBeLessThan(names.lastIndexOf('old 39'));
  });

  it('that is full, a span is dropped only when memory is full too, as spool_full', async () => {
    const { start, processor } = startPipeline({
      baseUrl: NOWHERE,
      spoolDirectory: temporaryDirectory(),
      maxQueueBytes: 50_000,
      maxSpoolBytes: 100_000,
    });
    for (let index = 0; index < 500; index++) start('span', undefined, { text: 'x'.repeat(1_000) }).end();
    const { dropped, ended, pending, pendingBytes, spoolBytes } = processor.stats();
    expect(spoolBytes).toBeLessThanOrEqual(100_000);
    expect(pendingBytes).toBeLessThanOrEqual(50_000);
    expect(dropped.spool_full).toBeGreaterThan(0);
    expect(ended).toBe(pending + dropped.spool_full);
    const report = await processor.shutdown({ timeoutMs: 10 });
    expect(report.spooled + report.dropped).toBe(500);
    expect(report.spooled).toBeGreaterThan(50);
  });

  it('that is a symbolic link, the directory is not used, which is logged once, and spans are still sent', async () => {
    const directory = temporaryDirectory();
    const spoolDirectory = path.join(directory, 'link');
    fs.symlinkSync(temporaryDirectory(), spoolDirectory);
    const collector = await startCollector();
    const lines: string[] = [];
    const { start, processor } = startPipeline({
      baseUrl: collector.baseUrl,
      spoolDirectory,
      log: (line) => lines.push(line),
    });
    start('span').end();
    await processor.forceFlush();
    expect(collector.spans()).toHaveLength(1);
    expect(lines).toEqual([expect.stringContaining('spoolDirectory')]);
  });

  it('and settings that make sending impossible, batches of earlier processes stay in the spool', async () => {
    const spoolDirectory = temporaryDirectory();
    const first = startPipeline({ baseUrl: NOWHERE, spoolDirectory });
    first.start('span').end();
    await first.processor.shutdown({ timeoutMs: 10 });
    const before = bytesUnder(spoolDirectory);
    const second = startPipeline({ baseUrl: 'ftp://example.com', spoolDirectory });
    await second.processor.shutdown();
    expect(bytesUnder(spoolDirectory)).toBe(before);
  });
});
