import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { runToEnd, startChild } from '../support/child-process.js';
import { freePort } from '../support/port.js';
import { waitFor } from '../support/wait-for.js';

const EMIT = join(import.meta.dirname, '../faults/programs/emit.mjs');
const CLOCK_STEPS = join(import.meta.dirname, 'programs/clock-steps.mjs');

/** For how long a process is frozen, in milliseconds. The property holds for any length. */
const FROZEN_MS = Number(process.env.FROZEN_MS ?? 1_000);

describe('a process that is frozen', () => {
  it('in the middle of a request, and whose connection is gone when it continues, drops no span', async () => {
    const port = await freePort();
    const silent = createServer(() => {}).listen(port, '127.0.0.1');
    await once(silent, 'listening');
    const request = once(silent, 'request');
    const application = startChild(process.execPath, [EMIT, '1200', 'frozen', 'stay'], {
      env: { POWERRAG_BASE_URL: `http://127.0.0.1:${port}` },
    });
    onTestFinished(async () => {
      application.process.kill('SIGKILL');
      await application.ended;
    });
    await request;

    application.process.kill('SIGSTOP');
    silent.closeAllConnections();
    silent.close();
    await once(silent, 'close');
    const sink = await startRecordingSink(port);
    onTestFinished(() => sink.close());
    await sleep(FROZEN_MS);
    application.process.kill('SIGCONT');

    const emitted: string[] = JSON.parse(application.stdout());
    await waitFor(() => sink.spans.length >= emitted.length, { what: 'every span' });
    expect(new Set(sink.spans.map(({ spanId }) => spanId))).toEqual(new Set(emitted));
    application.process.kill('SIGTERM');
    expect(await application.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(application.stderr()).not.toContain('lost');
  });
});

describe('a process whose clock jumps by an hour, back and forth', () => {
  it('sends every span before it exits, and no span ends before it starts', async () => {
    const sink = await startRecordingSink();
    onTestFinished(() => sink.close());
    const { code, stderr } = await runToEnd(process.execPath, [CLOCK_STEPS], { env: { POWERRAG_BASE_URL: sink.url } });
    expect([code, stderr]).toEqual([0, '']);
    expect(sink.spans).toHaveLength(6);
    for (const { startUnixNano, endUnixNano } of sink.spans) expect(endUnixNano).toBeGreaterThanOrEqual(startUnixNano);
  });
});
