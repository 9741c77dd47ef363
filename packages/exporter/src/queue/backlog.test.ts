import fs from 'node:fs';
import path from 'node:path';
import { emptyResource } from '@opentelemetry/resources';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { SendResult } from '../base/send-result.js';
import { Sender, type SenderLimits, type SenderOptions } from '../sender/sender.js';
import { contentOf, queuedBytes } from '../testing/queued-bytes.js';
import { openFilesIn, openSpool } from '../testing/spool.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { LiveTrace } from '../traces/live-trace.js';

const accepted: SendResult = { status: 'accepted', rejectedSpans: 0, message: undefined };
const unavailable: SendResult = { status: 'retryable', afterMs: undefined, message: 'the server answered 503' };

const MAX_QUEUE_BYTES = 16_384;
/** Each would take 256 bytes of memory: many times what there is. */
const MANY = 600;

interface Setup extends Partial<SenderLimits> {
  readonly encode?: SenderOptions['encode'];
  readonly maxSpoolBytes?: number;
}

const concatenated: SenderOptions['encode'] = (spans) => Buffer.concat(spans.map(({ bytes }) => contentOf(bytes)));

/** As a request, so that it can be split. */
const otlp: SenderOptions['encode'] = (spans) => {
  const field = (number: number, content: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  const scope = Buffer.concat(spans.map(({ bytes }) => field(2, field(7, contentOf(bytes)))));
  return field(1, field(2, scope));
};

/** The numbers of the spans in a body of either kind. */
function numbersIn(body: Buffer): number[] {
  const numbers: number[] = [];
  if (body[0] !== 10 || body.length < 12) {
    for (let at = 0; at < body.length; at += 4) numbers.push(body.readUInt32LE(at));
    return numbers;
  }
  for (let at = 4; at < body.length; at += 8) numbers.push(body.readUInt32LE(at + 4));
  return numbers;
}

/** A sender with a real spool, whose spans are four bytes each, which are their number, and which sends them one by one. */
function setUp({ encode = concatenated, maxSpoolBytes = 400_000, ...limits }: Setup = {}) {
  const directory = temporaryDirectory();
  const spool = openSpool(directory, { maxBytes: maxSpoolBytes });
  const { clock, stats } = spool;
  const server = { answer: (_spans: readonly number[]): SendResult => unavailable, isSlow: false };
  const requests: number[][] = [];
  const most = { bytes: 0 };
  const sender = new Sender({
    transport: {
      send: async (body) => {
        if (server.isSlow) await new Promise((resolve) => setTimeout(resolve, 5));
        most.bytes = Math.max(most.bytes, sender.pending.bytes);
        const spans = numbersIn(body);
        const result = server.answer(spans);
        if (result.status === 'accepted') requests.push(spans);
        return result;
      },
      close: async () => {},
    },
    encode,
    resourceReady: async () => {},
    onLeft: () => {},
    spool: spool.spool,
    stats,
    log: { warn: (line) => spool.lines.push(line), last: () => {} },
    clock,
    random: () => 0.01,
    limits: {
      maxQueueBytes: MAX_QUEUE_BYTES,
      maxBatchSpans: 1,
      maxBatchBytes: 1_000_000,
      flushIntervalMs: 500,
      maxInFlight: 1,
      maxAgeMs: 3_600_000,
      ...limits,
    },
  });
  const resource = emptyResource();
  let count = 0;
  const add = async (more: number): Promise<void> => {
    for (let index = 0; index < more; index++) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(count++);
      sender.add({
        bytes: queuedBytes(...bytes),
        resource,
        scope: { name: '' },
        trace: new LiveTrace('t'),
        own: undefined,
      });
      await clock.advance(1);
      most.bytes = Math.max(most.bytes, sender.pending.bytes);
    }
  };
  /** Lets time pass until nothing is pending. */
  const drain = async (): Promise<void> => {
    await expect
      .poll(
        async () => {
          await clock.advance(1_000);
          most.bytes = Math.max(most.bytes, sender.pending.bytes);
          return sender.pending.spans;
        },
        { timeout: 20_000, interval: 1 },
      )
      .toBe(0);
  };
  const snapshot = () => stats.snapshot({ ...sender.pending, oldestMs: sender.oldestMs });
  return { add, clock, directory, drain, most, requests, sender, server, snapshot, spool, stats };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const segmentsIn = (directory: string): string[] =>
  fs
    .readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.seg'))
    .map((name) => path.join(directory, name))
    .toSorted();

describe('an outage with more batches than memory can track', () => {
  it('drops none, keeps memory within its limit, and ends with all batches sent in order', async () => {
    const { add, directory, drain, most, requests, sender, server, snapshot, spool } = setUp();
    await add(MANY);
    expect(snapshot()).toMatchObject({ pending: MANY, delivered: 0, dropped: { queue_full: 0, spool_full: 0 } });
    expect(most.bytes).toBeLessThanOrEqual(MAX_QUEUE_BYTES);
    server.answer = () => accepted;
    await drain();
    expect(requests).toEqual(range(MANY).map((span) => [span]));
    expect(snapshot()).toMatchObject({ delivered: MANY, pending: 0, pendingBytes: 0, corrupt: 0 });
    sender.close('shutdown_deadline');
    spool.spool.close();
    expect(fs.readdirSync(directory)).toEqual([]);
  });

  it('does not need more memory the longer it lasts, even if there is some', async () => {
    const { add, sender } = setUp({ maxQueueBytes: 1_000_000 });
    await add(MANY / 2);
    const early = sender.pending.bytes;
    await add(MANY / 2);
    // For each file on disk a little, for a batch nothing.
    expect(sender.pending.bytes - early).toBeLessThan(10 * 256);
  });

  it('accepts spans while the backlog is sent, and sends them after it', async () => {
    const { add, clock, drain, requests, server, snapshot } = setUp();
    await add(MANY);
    server.answer = () => accepted;
    await clock.advance(30_000);
    await add(50);
    server.answer = () => unavailable;
    await add(100);
    server.answer = () => accepted;
    await drain();
    expect(requests.flat()).toEqual(range(MANY + 150));
    expect(snapshot()).toMatchObject({ delivered: MANY + 150, pending: 0, pendingBytes: 0 });
  });

  it('that outlasts the process leaves each batch once for the next process, counted as spooled', async () => {
    const { add, directory, sender, snapshot, spool } = setUp();
    await add(MANY);
    expect(sender.close('shutdown_deadline')).toEqual({ pending: MANY, dropped: 0 });
    spool.spool.close();
    expect(snapshot()).toMatchObject({ spooled: MANY, pending: 0, pendingBytes: 0 });
    expect(await openSpool(directory).drain(MANY)).toHaveLength(MANY);
  });

  it('during which the process closes while reading back leaves the rest for the next one, and no file open', async () => {
    const { add, clock, directory, requests, sender, server, snapshot, spool } = setUp();
    await add(MANY);
    server.answer = () => accepted;
    await expect
      .poll(async () => clock.advance(1_000).then(() => requests.length), { interval: 1, timeout: 20_000 })
      .toBeGreaterThan(100);
    sender.close('shutdown_deadline');
    spool.spool.close();
    const { delivered, spooled } = snapshot();
    expect(delivered).toBe(requests.length);
    expect(delivered + spooled).toBe(MANY);
    expect(sender.pending).toEqual({ spans: 0, bytes: 0 });
    await expect.poll(() => openFilesIn(directory)).toEqual([]);
  });

  it('that fills disk and memory keeps memory within its limit, even while the backlog is sent', async () => {
    const { add, drain, most, sender, server, snapshot } = setUp({
      encode: (spans) => Buffer.concat([...spans.map(({ bytes }) => contentOf(bytes)), Buffer.alloc(1_500)]),
      maxInFlight: 8,
      maxQueueBytes: MAX_QUEUE_BYTES,
    });
    await add(MANY);
    expect(snapshot().dropped.spool_full).toBeGreaterThan(0);
    expect(sender.pending.bytes).toBeGreaterThan(MAX_QUEUE_BYTES * 0.7);
    server.isSlow = true;
    server.answer = () => accepted;
    await drain();
    expect(most.bytes).toBeLessThanOrEqual(MAX_QUEUE_BYTES);
  });

  it('ends for a flush when the last span that was pending at its start has been sent', async () => {
    const { add, clock, requests, sender, server } = setUp();
    await add(MANY);
    server.answer = () => accepted;
    let atFlush = -1;
    const flushed = sender.flush({ timeoutMs: 1_000_000_000 }).then(() => {
      atFlush = requests.length;
    });
    await expect
      .poll(async () => clock.advance(100).then(() => atFlush), { interval: 1, timeout: 20_000 })
      .toBeGreaterThan(0);
    await flushed;
    expect(atFlush).toBeGreaterThanOrEqual(MANY);
  });

  it('drops batches by their own age, not by that of their neighbours', async () => {
    const { add, clock, drain, requests, server, snapshot } = setUp({ maxAgeMs: 30_000_000 });
    await add(250);
    await clock.advance(27_000_000);
    await add(250);
    // The second half comes of age later than `drain` gives up, however slow the disk is.
    await clock.advance(6_000_000);
    expect(snapshot().oldestPendingMs).toBeGreaterThan(27_000_000);
    // Each has to fail once more, which is when its age is looked at.
    const tried = new Set<number>();
    server.answer = ([span = -1]) => {
      if (tried.has(span)) return accepted;
      tried.add(span);
      return unavailable;
    };
    await drain();
    expect(snapshot().dropped.too_old).toBe(250);
    expect(requests.flat()).toEqual(range(500).slice(250));
  });

  it('ends with halves of batches that are too large for the server', async () => {
    const { add, drain, requests, server, snapshot } = setUp({ maxBatchSpans: 2, encode: otlp });
    await add(2 * MANY);
    server.answer = (spans) =>
      spans.length > 1 ? { status: 'too_large', message: 'the server answered 413' } : accepted;
    await drain();
    expect(requests).toEqual(range(2 * MANY).map((span) => [span]));
    expect(snapshot()).toMatchObject({ delivered: 2 * MANY, pending: 0, pendingBytes: 0, spoolBytes: 0 });
  });

  it('continues to be read back when there are file handles again', async () => {
    const { add, clock, drain, requests, sender, server, snapshot, spool } = setUp();
    await add(MANY);
    const open = vi.spyOn(fs.promises, 'open');
    open.mockRejectedValue(Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }));
    server.answer = () => accepted;
    await clock.advance(100_000);
    expect(sender.pending.spans).toBeGreaterThan(0);
    expect(spool.lines).toContainEqual(expect.stringContaining('EMFILE'));
    open.mockRestore();
    await drain();
    expect(requests.flat()).toEqual(range(MANY));
    expect(snapshot()).toMatchObject({ delivered: MANY, dropped: { corrupt: 0 } });
  });

  it('drops and counts what cannot be read back, and sends the rest', async () => {
    const { add, directory, drain, requests, server, snapshot, spool } = setUp();
    await add(MANY);
    const damaged = segmentsIn(directory)[0] ?? '';
    // From the middle on: a place that is not a record.
    const { size } = fs.statSync(damaged);
    const file = fs.openSync(damaged, 'r+');
    fs.writeSync(file, Buffer.alloc(300, 0xff), 0, 300, Math.floor(size / 2));
    fs.closeSync(file);
    server.answer = () => accepted;
    await drain();
    const { corrupt, delivered, dropped, pending, pendingBytes } = snapshot();
    expect({ pending, pendingBytes }).toEqual({ pending: 0, pendingBytes: 0 });
    expect(corrupt).toBeGreaterThan(0);
    expect(dropped.corrupt).toBeGreaterThan(5);
    expect(dropped.corrupt).toBeLessThan(12);
    expect(delivered).toBe(MANY - dropped.corrupt);
    expect(requests.flat()).toEqual(requests.flat().toSorted((a, b) => a - b));
    expect(spool.lines).toContainEqual(expect.stringContaining('cannot be read back'));
  });

  it('counts spans in a file that somebody deleted as dropped', async () => {
    const { add, directory, drain, requests, server, snapshot } = setUp();
    await add(MANY);
    fs.rmSync(segmentsIn(directory)[0] ?? '');
    server.answer = () => accepted;
    await drain();
    const { delivered, dropped } = snapshot();
    expect(dropped.corrupt).toBeGreaterThan(50);
    expect(delivered + dropped.corrupt).toBe(MANY);
    expect(requests.flat()).toHaveLength(delivered);
  });

  it('counts spans in a journal that another process took over as spooled', async () => {
    const { add, directory, drain, server, snapshot } = setUp();
    await add(MANY);
    for (const name of fs.readdirSync(directory)) {
      fs.renameSync(path.join(directory, name), path.join(directory, name.replace(/@.*/, '@free')));
    }
    server.answer = () => accepted;
    await drain();
    const { delivered, dropped, spooled } = snapshot();
    expect(dropped.corrupt).toBe(0);
    expect(spooled).toBeGreaterThan(MANY / 2);
    expect(delivered + spooled).toBe(MANY);
  });
});

/** What may happen to a sender. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 1, max: 60 }) }) },
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({ kind: fc.constant('server' as const), answer: fc.constantFrom('up', 'down', 'refusing', 'rejecting') }),
);

const answers: Record<string, (spans: readonly number[]) => SendResult> = {
  up: () => accepted,
  down: () => unavailable,
  refusing: () => ({ status: 'refused', message: 'the server answered 400' }),
  rejecting: () => ({ status: 'accepted', rejectedSpans: 1, message: undefined }),
};

it('after any run of events, each span is accounted for, and none is sent twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 8 }),
      async (steps, isDrained, maxInFlight) => {
        // Small enough to be full at times, so that batches in memory come in between.
        const { add, clock, drain, requests, sender, server, snapshot, spool } = setUp({
          maxInFlight,
          maxQueueBytes: 2_048,
          maxSpoolBytes: 8_192,
        });
        let added = 0;
        const check = (): void => {
          const { corrupt, delivered, dropped, pending, pendingBytes, spooled } = snapshot();
          const droppedTotal = Object.values(dropped).reduce((sum, count) => sum + count, 0);
          expect(delivered + spooled + droppedTotal + pending).toBe(added);
          expect(delivered + dropped.rejected).toBe(requests.flat().length);
          expect(corrupt).toBe(0);
          expect(pendingBytes).toBeGreaterThanOrEqual(0);
        };
        for (const each of steps) {
          if (each.kind === 'add') {
            await add(each.count);
            added += each.count;
          } else if (each.kind === 'wait') await clock.advance(each.ms);
          else server.answer = answers[each.answer] ?? unreachable;
          check();
        }
        server.answer = () => accepted;
        if (isDrained) await drain();
        sender.close('shutdown_deadline');
        check();
        expect(snapshot()).toMatchObject({ pending: 0, pendingBytes: 0 });
        expect(new Set(requests.flat()).size).toBe(requests.flat().length);
        spool.spool.close();
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

function unreachable(): never {
  throw new Error('no such answer');
}
