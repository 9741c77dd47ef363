import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startCollector } from '../testing/collector.js';
import { startPipeline } from '../testing/pipeline.js';
import { decodeFile, encodeFile } from './format.js';
import { Spool } from './spool.js';

function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'spool-test-'));
  onTestFinished(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const records = ['first', 'second', 'third'].map((text, index) => ({ body: Buffer.from(text), spans: index + 1 }));

describe('a spool file', () => {
  it('cut off at any byte still has every record before the cut, and no other', () => {
    const file = encodeFile(records);
    const ends = [8, 8 + 12 + 5, 8 + 24 + 11, file.length];
    for (let length = 0; length <= file.length; length++) {
      const whole = ends.filter((end) => end <= length).length - 1;
      const decoded = decodeFile(file.subarray(0, length));
      expect(decoded.records).toEqual(records.slice(0, Math.max(0, whole)));
      expect(decoded.isDamaged).toBe(!ends.includes(length));
    }
  });

  it('with any bit turned gives no record that was not written', () => {
    const file = encodeFile(records);
    fc.assert(
      fc.property(fc.nat({ max: file.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
        const damaged = Buffer.from(file);
        damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
        const decoded = decodeFile(damaged);
        expect(decoded.isDamaged).toBe(true);
        expect(decoded.records).toEqual(records.slice(0, decoded.records.length));
      }),
    );
  });

  it('is readable by its owner only', () => {
    const directory = path.join(temporaryDirectory(), 'new');
    new Spool(directory).write(records);
    expect(fs.statSync(directory).mode & 0o777).toBe(0o700);
    const [name = ''] = fs.readdirSync(directory);
    expect(fs.statSync(path.join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it('is taken by one process only, and again when that one has ended', () => {
    const directory = temporaryDirectory();
    const spool = new Spool(directory);
    spool.write(records);
    const claimed = spool.claim();
    expect(claimed?.records).toEqual(records);
    expect(spool.claim()).toBeUndefined();
    const [name = ''] = fs.readdirSync(directory);
    // No process can have this id.
    fs.renameSync(path.join(directory, name), path.join(directory, name.replace(/\d+$/, '4194305')));
    expect(spool.claim()?.records).toEqual(records);
  });

  it('that was sent in part keeps the rest', () => {
    const spool = new Spool(temporaryDirectory());
    spool.write(records);
    spool.claim()?.giveBack(records.slice(1));
    const again = spool.claim();
    expect(again?.records).toEqual(records.slice(1));
    again?.done();
    expect(spool.claim()).toBeUndefined();
  });
});

describe('a spool directory', () => {
  it('that is a symbolic link is refused, and the exporter works without it', async () => {
    const directory = temporaryDirectory();
    const link = path.join(directory, 'link');
    fs.symlinkSync(directory, link);
    const collector = await startCollector();
    const lines: string[] = [];
    const { start, processor } = startPipeline({
      baseUrl: collector.baseUrl,
      spoolDirectory: link,
      log: (line) => lines.push(line),
    });
    start('span').end();
    await processor.forceFlush();
    expect(collector.spans()).toHaveLength(1);
    expect(lines.join()).toContain('spoolDirectory');
  });

  it('takes what shutdown could not deliver, and the next process delivers it, with its session id', async () => {
    const spoolDirectory = temporaryDirectory();
    const collector = await startCollector();
    const first = startPipeline({ baseUrl: 'http://127.0.0.1:1', spoolDirectory });
    const root = first.start('root');
    first.start('child', root).end();
    root.setAttribute('session.id', 's');
    root.end();
    expect(await first.processor.shutdown({ timeoutMs: 50 })).toEqual({
      delivered: 0,
      spooled: 2,
      dropped: 0,
      timedOut: true,
    });
    const second = startPipeline({ baseUrl: collector.baseUrl, spoolDirectory });
    await collector.received(1);
    expect(collector.spans().map(({ name, attributes }) => [name, attributes['session.id']])).toEqual([
      ['child', 's'],
      ['root', 's'],
    ]);
    await vi.waitFor(() => expect(second.processor.stats().recovered).toBe(2));
    await second.processor.shutdown();
    expect(fs.readdirSync(spoolDirectory)).toEqual([]);
  });

  it('keeps what the server does not take yet', async () => {
    const spoolDirectory = temporaryDirectory();
    new Spool(spoolDirectory).write(records);
    const collector = await startCollector((_request, response) => response.writeHead(503).end());
    const { processor } = startPipeline({ baseUrl: collector.baseUrl, spoolDirectory });
    await collector.received(1);
    await processor.shutdown();
    expect(new Spool(spoolDirectory).claim()?.records).toEqual(records);
  });
});
