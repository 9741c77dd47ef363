import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Emitter } from '../support/emitter.js';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js';
import { type GateAnswer, startGate } from '../support/gate.js';
import { allStored } from '../support/loss.js';
import { freePort } from '../support/port.js';
import { seededRandom } from '../support/random.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

/** Far beyond what any of these need, so that a busy machine fails none of them. */
const PATIENCE = { timeoutMs: 40_000 };

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

async function behindProxy(): Promise<FaultProxy> {
  const proxy = await startFaultProxy(server.url);
  onTestFinished(() => proxy.close());
  return proxy;
}

async function behindGate(decide: () => GateAnswer | null) {
  const gate = await startGate(server.url, decide);
  onTestFinished(() => gate.close());
  return gate;
}

describe('the exporter loses nothing when', () => {
  it('the server is down for a few seconds (E02)', async () => {
    const proxy = await behindProxy();
    await proxy.set({ kind: 'refuse' });
    const emitter = new Emitter(proxy.url, 'E02');
    for (let spans = 0; spans < 300; spans += 5) {
      emitter.emit(5);
      await sleep(50);
    }
    expect(await emitter.account(server.url)).toMatchObject({ unaccounted: 0, stored: 0, stillQueued: 300 });

    await proxy.set({ kind: 'none' });
    await emitter.processor.shutdown(PATIENCE);
    expect(await emitter.account(server.url)).toEqual(allStored(300));
  });

  it('20,000 spans end in one tick (E21)', async () => {
    const emitter = new Emitter(server.url, 'E21');
    emitter.emit(20_000);
    await emitter.processor.shutdown(PATIENCE);
    expect(await emitter.account(server.url)).toEqual(allStored(20_000));
  });

  it('the server asks for a pause with 429 and Retry-After, and no request disturbs the pause (E23)', async () => {
    let asked = false;
    const gate = await behindGate(() => {
      if (asked) return null;
      asked = true;
      return { status: 429, headers: { 'retry-after': '2' } };
    });
    const emitter = new Emitter(gate.url, 'E23');
    emitter.emit(10);
    await waitFor(() => gate.requests.length > 0, { what: 'the request that is answered with 429' });
    emitter.emit(2_990);
    await emitter.processor.shutdown(PATIENCE);

    expect(await emitter.account(server.url)).toEqual(allStored(3_000));
    const [refused, next] = gate.requests;
    // Node's timers may fire up to a millisecond early.
    expect((next?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(1_999);
  });

  it.each(['reset-request', 'lose-answer'] as const)(
    'connections are reset by %s for a while, and each span is stored once (E30)',
    async (kind) => {
      const proxy = await behindProxy();
      await proxy.set({ kind });
      const emitter = new Emitter(proxy.url, `E30 ${kind}`);
      emitter.emit(1_200);
      await waitFor(() => proxy.struck >= 3, { what: 'three connections that were reset' });
      await proxy.set({ kind: 'none' });
      await emitter.processor.shutdown(PATIENCE);
      expect(await emitter.account(server.url)).toEqual(allStored(1_200));
    },
  );

  it('the server closes idle connections just as the next request begins (E31)', async () => {
    const random = seededRandom(31);
    const proxy = await behindProxy();
    await proxy.set({ kind: 'close-idle', afterMs: 40 });
    const emitter = new Emitter(proxy.url, 'E31');
    for (let request = 0; request < 80; request += 1) {
      emitter.emit(1);
      await emitter.processor.forceFlush(PATIENCE);
      await sleep(38 + random() * 4);
    }
    expect(await emitter.account(server.url)).toEqual(allStored(80));
    expect(emitter.logLines).toEqual([]);
    expect(proxy.struck).toBeGreaterThan(0);
    await emitter.processor.shutdown(PATIENCE);
  });

  it('an answer comes byte by byte (E29)', async () => {
    const proxy = await behindProxy();
    await proxy.set({ kind: 'drip', pauseMs: 2 });
    const emitter = new Emitter(proxy.url, 'E29');
    emitter.emit(100);
    await emitter.processor.shutdown(PATIENCE);
    expect(await emitter.account(server.url)).toEqual(allStored(100));
    expect(proxy.struck).toBeGreaterThan(0);
  });

  it('the server is killed and started again five times while spans keep coming', async () => {
    const random = seededRandom(5);
    const port = await freePort();
    let victim = await startServer({ port });
    onTestFinished(() => victim.stop());
    const emitter = new Emitter(victim.url, 'killed');
    let emitting = true;
    const stream = (async () => {
      while (emitting) {
        emitter.emit(20);
        await sleep(10);
      }
    })();
    for (let kill = 0; kill < 5; kill += 1) {
      const before = emitter.processor.stats().delivered;
      await waitFor(() => emitter.processor.stats().delivered > before, { what: 'a delivery' });
      await sleep(random() * 200);
      await victim.kill();
      victim = await startServer({ port, database: victim.database });
    }
    emitting = false;
    await stream;
    await emitter.processor.shutdown(PATIENCE);
    expect(await emitter.account(victim.url)).toEqual(allStored(emitter.emitted.length));
  });
});

describe('forceFlush', () => {
  it('waits for a batch that is in flight and for one that is to be sent again (E32)', async () => {
    let refusals = 0;
    const gate = await behindGate(() => (refusals++ === 0 ? { status: 503, headers: { 'retry-after': '1' } } : null));
    const emitter = new Emitter(gate.url, 'E32');
    emitter.emit(512);
    await waitFor(() => gate.requests.length > 0, { what: 'the request that is answered with 503' });
    await emitter.processor.forceFlush(PATIENCE);
    expect(await emitter.account(server.url)).toEqual(allStored(512));
    await emitter.processor.shutdown();
  });
});

describe('shutdown', () => {
  it('ends at its deadline when the server takes requests and never answers, and counts what it gave up (E28)', async () => {
    const proxy = await behindProxy();
    await proxy.set({ kind: 'hang' });
    const emitter = new Emitter(proxy.url, 'E28');
    emitter.emit(700);
    const report = await emitter.processor.shutdown({ timeoutMs: 500 });

    expect(await emitter.account(server.url)).toEqual({
      ...allStored(700),
      stored: 0,
      dropped: { shutdown_deadline: 700 },
    });
    expect(report).toMatchObject({ timedOut: true, delivered: 0, dropped: 700 });
    expect(proxy.struck).toBeGreaterThan(0);
  });
});
