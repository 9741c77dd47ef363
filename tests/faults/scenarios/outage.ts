import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { storedIds } from '../../support/loss.js';
import { seededRandom } from '../../support/random.js';
import { startServer } from '../../support/server-process.js';
import { startSink } from '../../support/sink.js';
import type { RowId } from '../rows.js';
import { type Form, inWords, patienceIn, type Scenario } from '../scenario.js';
import { startWorkload } from '../workload.js';

/** Emits at this interval, so that late timers on a busy machine do not matter. */
const TICK_MS = 50;

interface Load {
  readonly spans: number;
  readonly perSecond: number;
}

const perTick = ({ perSecond }: Load) => Math.max(1, Math.round((perSecond * TICK_MS) / 1_000));
const tickMs = (load: Load) => (perTick(load) * 1_000) / load.perSecond;

const HEALTHY: Record<Form, Load> = {
  short: { spans: 500, perSecond: 500 },
  usual: { spans: 5_000, perSecond: 500 },
  long: { spans: 5_000, perSecond: 500 },
};

const healthy: Scenario = {
  id: 'E01',
  load: inWords(HEALTHY, ({ spans, perSecond }) => `${spans} spans, ${perSecond} a second`),
  withPeers: true,
  async run({ subject, form, cleanUp }) {
    const load = HEALTHY[form];
    const sink = await startSink();
    cleanUp(() => sink.close());
    const workload = startWorkload({
      subject,
      url: sink.url,
      spans: load.spans,
      perTick: perTick(load),
      tickMs: tickMs(load),
      endTimes: true,
      end: 'shutdown',
      ...patienceIn(form),
    });
    const account = await workload.accountAgainst(sink.stored);
    const endTimes = await workload.endTimes();
    const waits = [...endTimes].map(([id, endedAt]) => (sink.storedAt.get(id) ?? Number.NaN) - endedAt);
    const { report } = await workload.ended();
    return {
      account,
      figures: {
        'ms from end to acknowledgement, 99th percentile': percentile(waits, 0.99),
        'peak memory, MB': report?.peakRssMegabytes ?? 0,
      },
    };
  },
};

interface Outage extends Load {
  readonly downSeconds: number;
}

function outage(id: RowId, forms: Record<Form, Outage>): Scenario {
  return {
    id,
    load: inWords(
      forms,
      (one) => `${one.spans} spans, ${one.perSecond} a second; down for the first ${one.downSeconds} s`,
    ),
    withPeers: true,
    async run({ subject, form, cleanUp }) {
      const load = forms[form];
      const sink = await startSink();
      cleanUp(() => sink.close());
      const proxy = await startFaultProxy(sink.url);
      cleanUp(() => proxy.close());
      await proxy.set({ kind: 'refuse' });
      const workload = startWorkload({
        subject,
        url: proxy.url,
        spans: load.spans,
        perTick: perTick(load),
        tickMs: tickMs(load),
        payloadBytes: 500,
        end: 'shutdown',
        ...patienceIn(form),
      });
      await sleep(load.downSeconds * 1_000);
      const arrivedWhileDown = sink.requests.length;
      await proxy.set({ kind: 'none' });
      const account = await workload.accountAgainst(sink.stored);
      const { report } = await workload.ended();
      return {
        account,
        figures: {
          'requests that arrived while it was down': arrivedWhileDown,
          'ms of shutdown()': report?.shutdown?.ms ?? Number.NaN,
          'peak memory, MB': report?.peakRssMegabytes ?? 0,
        },
      };
    },
  };
}

const halfAMinute = { spans: 4_000, perSecond: 100, downSeconds: 30 };
const down = outage('E02', {
  short: { spans: 350, perSecond: 100, downSeconds: 3 },
  usual: halfAMinute,
  long: halfAMinute,
});

const twoMinutes = { spans: 6_500, perSecond: 50, downSeconds: 120 };
const downForLong = outage('E03', {
  short: { spans: 250, perSecond: 50, downSeconds: 4.5 },
  usual: twoMinutes,
  long: twoMinutes,
});

interface Flood {
  readonly spans: number;
  readonly payloadBytes: number;
  readonly maxQueueBytes: number;
}

const MEBIBYTE = 2 ** 20;
const flood = { spans: 60_000, payloadBytes: 1_000, maxQueueBytes: 32 * MEBIBYTE };
const FLOODS: Record<Form, Flood> = {
  short: { spans: 5_000, payloadBytes: 300, maxQueueBytes: MEBIBYTE / 4 },
  usual: flood,
  long: flood,
};

const neverUp: Scenario = {
  id: 'E05',
  load: inWords(
    FLOODS,
    (one) =>
      `${one.spans} spans of ${one.payloadBytes} bytes of text into a queue of ${one.maxQueueBytes / MEBIBYTE} MiB`,
  ),
  withPeers: false,
  async run({ subject, form, cleanUp }) {
    const { spans, payloadBytes, maxQueueBytes } = FLOODS[form];
    const proxy = await startFaultProxy('http://127.0.0.1:9');
    cleanUp(() => proxy.close());
    await proxy.set({ kind: 'refuse' });
    const workload = startWorkload({
      subject,
      url: proxy.url,
      spans,
      payloadBytes,
      perTick: spans / 100,
      tickMs: 10,
      options: { maxQueueBytes },
      shutdownOptions: { timeoutMs: 300 },
      end: 'shutdown',
    });
    const account = await workload.accountAgainst([]);
    const { report } = await workload.ended();
    return {
      account,
      figures: {
        'drops reported to onDrop': report?.dropsReported ?? Number.NaN,
        'peak bytes held': report?.mostPendingBytes ?? Number.NaN,
        'bytes allowed': maxQueueBytes,
        'peak memory, MB': report?.peakRssMegabytes ?? 0,
      },
    };
  },
};

interface Flapping extends Load {
  readonly phaseMs: number;
}

const FLAPPING: Record<Form, Flapping> = {
  short: { spans: 800, perSecond: 200, phaseMs: 250 },
  usual: { spans: 6_000, perSecond: 200, phaseMs: 1_000 },
  long: { spans: 60_000, perSecond: 200, phaseMs: 1_000 },
};

const flapping: Scenario = {
  id: 'E42',
  load: inWords(
    FLAPPING,
    (one) =>
      `${one.spans} spans, ${one.perSecond} a second; ${one.phaseMs / 1_000} s up, ${one.phaseMs / 1_000} s down`,
  ),
  withPeers: false,
  async run({ subject, form, cleanUp }) {
    const load = FLAPPING[form];
    const random = seededRandom(42);
    const server = await startServer();
    cleanUp(() => server.stop());
    const proxy = await startFaultProxy(server.url);
    cleanUp(() => proxy.close());
    const workload = startWorkload({
      subject,
      url: proxy.url,
      sessionId: 'E42',
      spans: load.spans,
      perTick: perTick(load),
      tickMs: tickMs(load),
      end: 'shutdown',
      ...patienceIn(form),
    });
    const whole = workload.emitted().then(() => true);
    for (let phase = 0; !(await Promise.race([whole, sleep(load.phaseMs, false)])); phase += 1) {
      await proxy.set(phase % 2 === 0 ? { kind: 'refuse' } : { kind: 'reset-some', chance: 0.01, random });
    }
    await proxy.set({ kind: 'reset-some', chance: 0.01, random });
    const { report } = await workload.ended();
    const account = await workload.accountAgainst(await storedIds(server.url, 'E42'));
    return {
      account,
      figures: { 'failures of the network': proxy.struck, 'requests sent again': report?.stats?.retries ?? Number.NaN },
    };
  },
};

const SOAK: Record<Form, Load> = {
  short: { spans: 1_000, perSecond: 200 },
  usual: { spans: 12_000, perSecond: 200 },
  long: { spans: 120_000, perSecond: 200 },
};

const soak: Scenario = {
  id: 'E43',
  load: inWords(
    SOAK,
    ({ spans, perSecond }) => `${spans} spans, ${perSecond} a second; each tenth request answered 503`,
  ),
  withPeers: false,
  async run({ subject, form, cleanUp }) {
    const load = SOAK[form];
    const random = seededRandom(43);
    const sink = await startSink(() => (random() < 0.1 ? { status: 503 } : null));
    cleanUp(() => sink.close());
    const workload = startWorkload({
      subject,
      url: sink.url,
      spans: load.spans,
      perTick: perTick(load),
      tickMs: tickMs(load),
      sampleHeapMs: 1_000,
      end: 'shutdown',
      ...patienceIn(form),
    });
    const { report } = await workload.ended();
    return {
      account: await workload.accountAgainst(sink.stored),
      figures: {
        'requests refused': sink.requests.filter(({ status }) => status === 503).length,
        'MB an hour that the heap grows': megabytesAnHour(report?.heap ?? []),
      },
    };
  },
};

export const outageScenarios = { healthy, down, downForLong, neverUp, flapping, soak };

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? Number.NaN;
}

/** The slope of the straight line that fits the second half best: the first half is warm-up. */
function megabytesAnHour(heap: readonly (readonly [ms: number, bytes: number])[]): number {
  const steady = heap.slice(Math.floor(heap.length / 2));
  const meanMs = mean(steady.map(([ms]) => ms));
  const meanBytes = mean(steady.map(([, bytes]) => bytes));
  const covariance = mean(steady.map(([ms, bytes]) => (ms - meanMs) * (bytes - meanBytes)));
  const variance = mean(steady.map(([ms]) => (ms - meanMs) ** 2));
  return ((covariance / variance) * 3_600_000) / MEBIBYTE;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
