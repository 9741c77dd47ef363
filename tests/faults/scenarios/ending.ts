import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { NOTHING_CONFESSED } from '../../support/loss.js';
import { startSink } from '../../support/sink.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { waitFor } from '../../support/wait-for.js';
import type { RowId } from '../rows.js';
import { always, type Outcome, type Scenario, type Trial } from '../scenario.js';
import { startWorkload, type Workload, type WorkloadSpec } from '../workload.js';

const SPANS = 1_000;
const AFTER_LAST_SPAN_MS = 250;

interface Ending {
  readonly end: WorkloadSpec['end'];
  /** Sent a moment after the last span. */
  readonly signal?: NodeJS.Signals;
  /** How many milliseconds after it. Default `AFTER_LAST_SPAN_MS`. */
  readonly afterMs?: number;
  /** Whether the server is down until the first process has ended. */
  readonly isDown?: boolean;
  /** Whether ours has a spool directory, and a second process with it comes after the first. */
  readonly restarts?: boolean;
}

function ending(
  id: RowId,
  load: string,
  { end, signal, afterMs = AFTER_LAST_SPAN_MS, isDown = false, restarts = false }: Ending,
): Scenario {
  return {
    id,
    load: always(`${SPANS} spans in one tick; ${load}`),
    withPeers: true,
    async run(trial) {
      const { subject } = trial;
      const sink = await startSink();
      trial.cleanUp(() => sink.close());
      const proxy = await startFaultProxy(sink.url);
      trial.cleanUp(() => proxy.close());
      if (isDown) await proxy.set({ kind: 'refuse' });
      const spooled = restarts && subject === 'powerrag' ? { options: { spoolDirectory: temporaryFolder() } } : {};
      const url = isDown ? proxy.url : sink.url;
      const spec = { subject, url, spans: SPANS, payloadBytes: 500, ...spooled } as const;
      const workload = startWorkload({ ...spec, end });
      if (signal) {
        await workload.emitted();
        await sleep(afterMs);
        // All of them send a full batch immediately; on a busy machine that may take longer.
        if (!isDown) await waitFor(() => sink.requests.length > 0, { what: 'the first batch' });
        workload.kill(signal);
      }
      const { exit, delayMs } = await workload.ended();
      await proxy.set({ kind: 'none' });
      if ('options' in spooled) await restart(trial, { ...spec, spans: 0, end: 'stay' }, workload, sink.stored);
      const account = spooled.options
        ? await workload.accountAgainst(sink.stored, NOTHING_CONFESSED)
        : await workload.accountAgainst(sink.stored);
      return { account, exit, figures: { 'ms from the last span to the end': delayMs } };
    },
  };
}

/** The same program again: it emits nothing, and runs until everything has arrived, or for ten seconds. */
async function restart(
  { cleanUp }: Trial,
  spec: WorkloadSpec,
  first: Workload,
  stored: readonly string[],
): Promise<void> {
  const emitted = await first.emitted();
  const next = startWorkload(spec);
  cleanUp(() => next.kill('SIGKILL'));
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline && emitted.some((id) => !stored.includes(id))) await sleep(100);
}

const bySignal = (signal: NodeJS.Signals) =>
  ending('E08', `${signal} ${AFTER_LAST_SPAN_MS} ms later`, { end: 'stay', signal });

const ownHandler: Scenario = {
  id: 'E09',
  load: always(
    '200 spans; the application ignores the first SIGTERM, and calls shutdown() and exits with 7 at the second',
  ),
  withPeers: false,
  async run({ subject, cleanUp }): Promise<Outcome> {
    const sink = await startSink();
    cleanUp(() => sink.close());
    const workload = startWorkload({ subject, url: sink.url, spans: 200, onSignal: 'twice', end: 'stay' });
    await workload.emitted();
    workload.kill('SIGTERM');
    await workload.received(1);
    workload.kill('SIGTERM');
    await workload.received(2);
    const { exit } = await workload.ended();
    return { account: await workload.accountAgainst(sink.stored), exit, figures: {} };
  },
};

const interruptedTwice: Scenario = {
  id: 'E10',
  load: always('10 spans; SIGINT, and again when the last request hangs'),
  withPeers: false,
  async run({ subject, cleanUp }) {
    const sink = await startSink();
    cleanUp(() => sink.close());
    const proxy = await startFaultProxy(sink.url);
    cleanUp(() => proxy.close());
    await proxy.set({ kind: 'hang' });
    // Nothing but the exit hook sends within the hour, so a request means that the first signal was handled.
    const options = { flushIntervalMs: 3_600_000 };
    const workload = startWorkload({ subject, url: proxy.url, spans: 10, options, end: 'stay' });
    await workload.emitted();
    workload.kill('SIGINT');
    await waitFor(() => proxy.struck > 0, { what: 'the request of the exit hook' });
    const interruptedAt = performance.now();
    workload.kill('SIGINT');
    const { exit } = await workload.ended();
    const figures = { 'ms from the second SIGINT to the end': performance.now() - interruptedAt };
    return { account: await workload.accountAgainst(sink.stored), exit, figures };
  },
};

export const endingScenarios = {
  byItself: ending('E06', 'the program has nothing more to do', { end: 'return' }),
  exits: ending('E07', 'process.exit(0); ours with a spool, and started again', { end: 'exit', restarts: true }),
  terminated: bySignal('SIGTERM'),
  interrupted: bySignal('SIGINT'),
  ownHandler,
  interruptedTwice,
  killed: ending(
    'E11',
    `SIGKILL ${AFTER_LAST_SPAN_MS} ms later, within the half second before our spans are in the spool; started again`,
    { end: 'stay', signal: 'SIGKILL', restarts: true },
  ),
  killedInOutage: ending(
    'E11',
    'the server is down; SIGKILL 1 s later; ours with a spool; started again, and the server, too',
    {
      end: 'stay',
      signal: 'SIGKILL',
      afterMs: 1_000,
      isDown: true,
      restarts: true,
    },
  ),
  throws: ending('E19', 'an uncaught exception; ours with a spool, and started again', {
    end: 'throw',
    restarts: true,
  }),
};
