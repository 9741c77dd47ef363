import { describe, expect, it } from 'vitest';
import { Refusal } from '../otlp/refusal.js';
import { IngestQueue } from './queue.js';

const KiB = 1024;
const body = (size: number, encoding = 'identity') => ({ bytes: new Uint8Array(size), encoding });
const stays = () => false;

/** A server that stores one body at a time, `msEach` milliseconds each, on its own clock. */
function aServer(msEach: number) {
  let nowMs = 0;
  let free = 0;
  const due: { readonly atMs: number; readonly done: () => void }[] = [];
  const queue = new IngestQueue({ now: () => nowMs, random: () => 0 });
  const store = () =>
    new Promise<void>((done) => {
      free = Math.max(free, nowMs) + msEach;
      due.push({ atMs: free, done });
    });
  return {
    queue,
    store,
    now: () => nowMs,
    /** Advances the clock and runs everything that is due. */
    async pass(ms: number) {
      const until = nowMs + ms;
      for (;;) {
        await new Promise(setImmediate);
        const [next] = due;
        if (next === undefined || next.atMs > until) break;
        nowMs = next.atMs;
        due.shift();
        next.done();
      }
      nowMs = until;
    },
  };
}

describe('the queue of bodies', () => {
  it('takes each at once while the server keeps up', async () => {
    const { queue } = aServer(10);
    for (let count = 0; count < 100; count++) {
      expect(await queue.run(body(KiB), stays, async () => count)).toBe(count);
    }
  });

  it('takes them in order of arrival, small ones beside a large one', async () => {
    const { queue, store, pass } = aServer(1_000);
    const taken: string[] = [];
    const run = (name: string, size: number) =>
      queue.run(body(size), stays, () => {
        taken.push(name);
        return store();
      });
    const all = ['large 1', 'large 2'].map((name) => run(name, 5 * KiB * KiB));
    for (let count = 1; count <= 20; count++) all.push(run(`small ${count}`, KiB));
    await new Promise(setImmediate);
    expect(taken).toEqual(['large 1', ...Array.from({ length: 16 }, (_, index) => `small ${index + 1}`)]);
    await pass(60_000);
    await Promise.all(all);
    expect(taken.filter((name) => name.startsWith('small')).at(-1)).toBe('small 20');
    expect(taken).toContain('large 2');
  });

  it('acknowledges as much under overload as at its capacity, and each before its client gives up', async () => {
    const { queue, store, now, pass } = aServer(100);
    const acknowledged: number[] = [];
    let refused = 0;
    const send = async () => {
      const sentMs = now();
      try {
        queue.admit(100 * KiB);
        await queue.run(body(100 * KiB), stays, store);
        acknowledged.push(now() - sentMs);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        expect(error).toMatchObject({ status: 503, retryAfterS: expect.any(Number) });
        refused += 1;
      }
    };
    const perTenSeconds: number[] = [];
    for (let window = 0; window < 6; window++) {
      const before = acknowledged.length;
      for (let second = 0; second < 10; second++) {
        for (let sender = 0; sender < 50; sender++) void send();
        await pass(1_000);
      }
      perTenSeconds.push(acknowledged.length - before);
    }
    expect(refused).toBeGreaterThan(1_000);
    expect(Math.min(...perTenSeconds)).toBeGreaterThanOrEqual(90);
    expect(Math.max(...acknowledged)).toBeLessThan(10_000);
  });

  it('says after how many seconds to retry, and takes bodies again when it has caught up', async () => {
    const { queue, store, pass } = aServer(1_000);
    const all = Array.from({ length: 60 }, () => queue.run(body(KiB), stays, store).catch(() => {}));
    await pass(10_000);
    expect(() => queue.admit(KiB)).toThrow(expect.objectContaining({ status: 503 }));
    await pass(120_000);
    await Promise.all(all);
    expect(() => queue.admit(KiB)).not.toThrow();
  });

  it('does not take the body of a client that has disconnected', async () => {
    const { queue, store, pass } = aServer(100);
    const before = Array.from({ length: 16 }, () => queue.run(body(KiB), stays, store));
    let isTaken = false;
    let hasLeft = false;
    const waiting = queue.run(
      body(KiB),
      () => hasLeft,
      async () => {
        isTaken = true;
      },
    );
    const outcome = expect(waiting).rejects.toThrow('The client left before its batch was taken.');
    hasLeft = true;
    await pass(10_000);
    await Promise.all(before);
    await outcome;
    expect(isTaken).toBe(false);
  });
});
