import { setMaxListeners } from 'node:events';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ReadRequest } from '../http/forward-reads.js';
import { aRequest, aSpan, encodeJson } from '../ingest/testing.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { DatabaseGuard } from '../store/sqlite/guard.js';
import { anyDriver, sqliteReader } from '../store/sqlite/index.js';
import { spanId, traceId } from '../store/testing.js';
import { StoreUnavailable } from '../store/unavailable.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { workerFile } from '../testing/worker-file.js';
import { IngestThread } from './ingest-thread.js';
import { ReadPool, type ReadPoolOptions } from './read-pool.js';

const file = workerFile('crashing-worker.ts');
const stays = new AbortController().signal;
setMaxListeners(0, stays);

async function start(say: Partial<ReadPoolOptions> = {}) {
  const lines: string[] = [];
  const log = { info: () => {}, error: (line: string) => void lines.push(line) };
  const guard = new DatabaseGuard(join(temporaryFolder(), 'traces.db'), anyDriver());
  const ingest = await IngestThread.start({
    ...{ file, guard, prices: new Map(), limits: DEFAULT_LIMITS, log },
    onShown: () => {},
  });
  guard.hold();
  const reads = await ReadPool.start({ file, guard, log, ...say });
  onTestFinished(async () => {
    await reads.close();
    guard.release((await ingest.close()).isLeftOpen);
  });
  const take = (spans: readonly object[]) =>
    ingest.traces('p', 'application/json', { bytes: encodeJson(aRequest(...spans)), encoding: 'identity' });
  const stored = async () => {
    const reader = sqliteReader(guard.lock.file, anyDriver());
    const { traces } = await reader.listTraces('p', {});
    reader.close();
    return traces.map(({ id }) => Number.parseInt(id, 16));
  };
  return { lines, guard, ingest, reads, take, stored };
}

const span = (number: number) =>
  aSpan({
    ...{ traceId: traceId(number), spanId: spanId(number) },
    attributes: [{ key: 'session.id', value: { stringValue: 's' } }],
  });

/** Ends the workers of a kind as a fault of theirs would: in the middle of what they do. */
function crash(kind: 'ingest' | 'read'): void {
  const channel = new BroadcastChannel('crash');
  channel.postMessage(kind);
  channel.close();
}

const read = (url: string): ReadRequest => ({
  ...{ method: 'GET', url: `http://localhost${url}`, headers: [], isHeavy: false },
  principal: { projectId: 'p', rights: new Set(['read'] as const) },
});

describe('the worker that stores', () => {
  it('is replaced when it dies: its requests are refused, none hangs, and what was acknowledged stays', async () => {
    const { lines, ingest, take, stored } = await start();
    const acknowledged: number[] = [];
    let refused = 0;
    let next = 0;
    const sendUntil = async (isEnough: () => boolean) => {
      while (!isEnough()) {
        next += 1;
        const number = next;
        try {
          await take([span(number), span(number + 100_000)]);
          acknowledged.push(number);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreUnavailable);
          refused += 1;
          await sleep(10);
        }
      }
    };
    for (let round = 1; round <= 3; round++) {
      const [before, refusedBefore] = [acknowledged.length, refused];
      const lanes = Array.from({ length: 8 }, () => sendUntil(() => refused >= refusedBefore + 8));
      await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 20);
      crash('ingest');
      await Promise.all(lanes);
      await sendUntil(() => acknowledged.length > before + 40);
    }
    expect(lines.filter((line) => /the worker that stores spans ended and is replaced/.test(line))).toHaveLength(3);
    expect(ingest.trouble()).toBeNull();
    const present = new Set(await stored());
    expect(acknowledged.filter((number) => !present.has(number) || !present.has(number + 100_000))).toEqual([]);
  });

  it('is not replaced over another file', async () => {
    const { ingest, take, guard } = await start();
    await take([span(1)]);
    renameSync(guard.lock.file, `${guard.lock.file}.old`);
    crash('ingest');
    await expect.poll(() => ingest.trouble(), { timeout: 30_000 }).toMatch(/deleted or replaced/);
    expect(existsSync(guard.lock.file)).toBe(false);
    await expect(take([span(2)])).rejects.toThrow(StoreUnavailable);
    renameSync(`${guard.lock.file}.old`, guard.lock.file);
    await expect.poll(async () => take([span(3)]).then(() => 'stored', String), { timeout: 30_000 }).toBe('stored');
  });
});

describe('a worker that reads', () => {
  it('is replaced when it dies: the client is told, and others are answered', async () => {
    const { lines, take, reads } = await start({ size: 1 });
    await take(Array.from({ length: 200 }, (_, index) => span(index + 1)));
    const answers = Array.from({ length: 8 }, () => reads.answer(read('/api/v1/sessions/s/replay'), stays));
    crash('read');
    const ended = (await Promise.all(answers)).filter(({ status }) => status === 503);
    expect(ended).toHaveLength(1);
    expect(await ended[0]?.json()).toEqual({
      message: 'The server could not finish this answer; ask for less, or try again.',
    });
    expect((await reads.answer(read('/api/v1/sessions'), stays)).status).toBe(200);
    expect(lines).toEqual([expect.stringMatching(/a worker that reads ended and is replaced .*read crashes/)]);
  });

  it('answers 503 when an answer takes too long, and goes on', async () => {
    const { take, reads } = await start({ size: 1, deadlineMs: 1 });
    await take(Array.from({ length: 2_000 }, (_, index) => span(index + 1)));
    const late = await reads.answer(read('/api/v1/sessions/s/replay'), stays);
    expect(late.status).toBe(503);
    expect(late.headers.get('retry-after')).not.toBeNull();
    expect(await late.json()).toEqual({ message: 'The answer took too long; ask for less, or try again later.' });
  });

  it('does no more for a client that has left', async () => {
    const { take, reads } = await start({ size: 1 });
    await take(Array.from({ length: 500 }, (_, index) => span(index + 1)));
    const leaving = new AbortController();
    setMaxListeners(0, leaving.signal);
    const answers = Array.from({ length: 50 }, () => reads.answer(read('/api/v1/sessions/s/replay'), leaving.signal));
    leaving.abort();
    const list = await reads.answer(read('/api/v1/sessions'), stays);
    expect(list.status).toBe(200);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(49);
  });

  it('refuses when too many wait', async () => {
    const { reads } = await start({ size: 1 });
    const answers = await Promise.all(Array.from({ length: 400 }, () => reads.answer(read('/api/v1/sessions'), stays)));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(100);
    expect(await busy[0]?.json()).toEqual({
      message: 'The server reads as much as it can at the moment; try again later.',
    });
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(400 - busy.length);
  });
});
