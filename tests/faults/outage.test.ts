import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Emitter } from '../support/emitter.js';
import { allStored } from '../support/loss.js';
import { freePort } from '../support/port.js';
import { seededRandom } from '../support/random.js';
import { startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';
import { run } from './in-test.js';
import { sentence } from './rows.js';
import { outageScenarios } from './scenarios/outage.js';

describe('an outage', () => {
  it(sentence('E01'), async () => {
    const { account } = await run(outageScenarios.healthy);
    expect(account).toEqual(allStored(500));
  });

  it(sentence('E02'), async () => {
    const { account, figures } = await run(outageScenarios.down);
    expect(account).toEqual(allStored(350));
    expect(figures['requests that arrived while it was down']).toBe(0);
  });

  it(sentence('E03'), async () => {
    const { account, figures } = await run(outageScenarios.downForLong);
    expect(account).toEqual(allStored(250));
    expect(figures['requests that arrived while it was down']).toBe(0);
  });

  it(sentence('E05'), async () => {
    const { account, figures } = await run(outageScenarios.neverUp);
    expect(account).toMatchObject({ unaccounted: 0, emitted: 5_000, stored: 0, stillQueued: 0 });
    expect(Object.keys(account.dropped).toSorted()).toEqual(['queue_full', 'shutdown_deadline']);
    expect(figures['drops reported to onDrop']).toBe(5_000);
    expect(figures['peak bytes held']).toBeLessThanOrEqual(figures['bytes allowed'] ?? 0);
  });

  it(sentence('E42'), async () => {
    const { account, figures } = await run(outageScenarios.flapping);
    expect(account).toEqual(allStored(800));
    expect(figures['failures of the network']).toBeGreaterThan(3);
  });

  it('drops nothing when the server is killed and restarted five times while spans keep coming', async () => {
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
    await emitter.processor.shutdown({ timeoutMs: 40_000 });
    expect(await emitter.account(victim.url)).toEqual(allStored(emitter.emitted.length));
  });
});
