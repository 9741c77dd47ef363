import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emitter } from '../../support/emitter.js';
import { type Fault, startFaultProxy } from '../../support/fault-proxy.js';
import { storedIds } from '../../support/loss.js';
import { startServer } from '../../support/server-process.js';
import { startSink } from '../../support/sink.js';
import { waitFor } from '../../support/wait-for.js';
import { always, type Form, inWords, type Scenario } from '../scenario.js';
import { startWorkload } from '../workload.js';

const PATIENCE = { timeoutMs: 40_000 };

const hanging: Scenario = {
  id: 'E28',
  load: {
    short: '700 spans, then shutdown({ timeoutMs: 500 })',
    usual: '700 spans, then shutdown()',
    long: '700 spans, then shutdown()',
  },
  withPeers: true,
  async run({ subject, form, cleanUp }) {
    const sink = await startSink();
    cleanUp(() => sink.close());
    const proxy = await startFaultProxy(sink.url);
    cleanUp(() => proxy.close());
    await proxy.set({ kind: 'hang' });
    const deadline = form === 'short' ? { shutdownOptions: { timeoutMs: 500 } } : {};
    const workload = startWorkload({ subject, url: proxy.url, spans: 700, end: 'shutdown', ...deadline });
    const { report } = await workload.ended();
    return {
      account: await workload.accountAgainst(sink.stored),
      figures: {
        'ms of shutdown()': report?.shutdown?.ms ?? Number.NaN,
        ...(report?.shutdown?.report && { 'drops that it reported': report.shutdown.report.dropped }),
      },
    };
  },
};

/** @param kind whether the server has seen the request when its connection is reset. */
function resetting(kind: 'reset-request' | 'lose-answer'): Scenario {
  return {
    id: 'E30',
    load: always(
      `1200 spans; ${kind === 'lose-answer' ? 'the answer is' : 'the request is'} lost, until three attempts have failed`,
    ),
    withPeers: false,
    async run({ cleanUp }) {
      const server = await startServer();
      cleanUp(() => server.stop());
      const proxy = await startFaultProxy(server.url);
      cleanUp(() => proxy.close());
      await proxy.set({ kind });
      const emitter = new Emitter(proxy.url, 'E30');
      emitter.emit(1_200);
      await waitFor(() => emitter.processor.stats().retries >= 3, { what: 'three attempts that failed' });
      await proxy.set({ kind: 'none' });
      await emitter.processor.shutdown(PATIENCE);
      return { account: await emitter.account(server.url), figures: { 'connections reset': proxy.struck } };
    },
  };
}

interface Idling {
  readonly requests: number;
  /** Between two requests. */
  readonly idleMs: number;
}

/** @param fault the server's idea of an idle connection. */
function closing(forms: Record<Form, Idling>, words: string, fault: (idling: Idling) => Fault): Scenario {
  return {
    id: 'E31',
    load: inWords(forms, ({ requests, idleMs }) => `${requests} spans, a flush for each, then ${idleMs} ms; ${words}`),
    withPeers: true,
    async run({ subject, form, cleanUp }) {
      const idling = forms[form];
      const server = await startServer();
      cleanUp(() => server.stop());
      const proxy = await startFaultProxy(server.url);
      cleanUp(() => proxy.close());
      await proxy.set(fault(idling));
      const workload = startWorkload({
        subject,
        url: proxy.url,
        sessionId: 'E31',
        spans: idling.requests,
        perTick: 1,
        tickMs: idling.idleMs,
        flushEachTick: true,
        end: 'shutdown',
      });
      const { report, stderr } = await workload.ended();
      return {
        account: await workload.accountAgainst(await storedIds(server.url, 'E31')),
        figures: {
          'connections closed': proxy.struck,
          'errors reported': (report?.errors ?? 0) + stderr.split('\n').length - 1,
          'open files before': report?.openFiles.before ?? Number.NaN,
          'open files after': report?.openFiles.after ?? Number.NaN,
        },
      };
    },
  };
}

const idle = { requests: 150, idleMs: 200 };
const closingIdle = closing(
  { short: { requests: 40, idleMs: 40 }, usual: idle, long: idle },
  'idle connections closed after that time',
  ({ idleMs }) => ({ kind: 'close-idle', afterMs: idleMs }),
);

const busy = { requests: 150, idleMs: 10 };
const closingReused = closing(
  { short: { requests: 40, idleMs: 0 }, usual: busy, long: busy },
  'each connection closed just as it is used again',
  () => ({ kind: 'close-reused' }),
);

/** `.invalid` never resolves (RFC 6761, 6.4). */
const NO_HOST = 'http://powerrag-faults.invalid:4318';

const unknownHost: Scenario = {
  id: 'E34',
  load: always('100 spans to a host that does not exist'),
  withPeers: false,
  async run({ cleanUp }) {
    const emitter = new Emitter(NO_HOST, 'E34');
    cleanUp(() => emitter.processor.shutdown({ timeoutMs: 0 }));
    emitter.emit(100);
    await waitFor(() => emitter.processor.stats().retries > 1, { what: 'a second attempt', timeoutMs: 40_000 });
    return {
      account: emitter.accountAgainst([]),
      figures: { 'lines in the log': emitter.logLines.length },
    };
  },
};

/** Connecting to it fails immediately with ENETUNREACH. */
const UNREACHABLE = '255.255.255.255';

const movingName: Scenario = {
  id: 'E34',
  load: always('100 spans to a name that is unknown, then has an address without a route, then that of the server'),
  withPeers: false,
  async run({ cleanUp }) {
    const sink = await startSink();
    cleanUp(() => sink.close());
    const url = new URL(sink.url);
    url.hostname = new URL(NO_HOST).hostname;
    const names = answerFor(url.hostname, [undefined, UNREACHABLE, '127.0.0.1']);
    cleanUp(() => names.restore());
    const emitter = new Emitter(url.href, 'E34');
    cleanUp(() => emitter.processor.shutdown({ timeoutMs: 0 }));
    emitter.emit(100);
    await waitFor(() => emitter.processor.stats().delivered > 0, { what: 'the answer', timeoutMs: 40_000 });
    return {
      account: emitter.accountAgainst(sink.stored),
      figures: { 'attempts that failed': emitter.processor.stats().retries, 'name looked up': names.count() },
    };
  },
};

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Makes the name resolve to one address after another, then always to the last; undefined: it is unknown. */
function answerFor(name: string, addresses: readonly (string | undefined)[]) {
  const { lookup } = dns;
  let count = 0;
  const answer = (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    if (hostname !== name) {
      lookup(hostname, options, callback);
      return;
    }
    const address = addresses[Math.min(count, addresses.length - 1)];
    count += 1;
    if (address === undefined) callback(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }), '', 4);
    else if (options.all) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };
  // Node's sockets look it up there each time they connect.
  Object.assign(dns, { lookup: answer });
  return { count: () => count, restore: () => Object.assign(dns, { lookup }) };
}

const noFileLeft: Scenario = {
  id: 'E34',
  load: always('100 spans while the process has no file descriptor left, for 1.5 s'),
  withPeers: false,
  async run({ subject, cleanUp }) {
    const sink = await startSink();
    cleanUp(() => sink.close());
    const workload = startWorkload(
      {
        subject,
        url: sink.url,
        spans: 100,
        exhaustsFiles: true,
        pauseMs: 1_500,
        shutdownOptions: PATIENCE,
        end: 'shutdown',
      },
      { openFiles: 60 },
    );
    await workload.emitted();
    await sleep(1_000);
    const arrivedMeanwhile = sink.requests.length;
    const { report } = await workload.ended();
    return {
      account: await workload.accountAgainst(sink.stored),
      figures: {
        'requests without a file descriptor': arrivedMeanwhile,
        'attempts that failed': report?.stats?.retries ?? Number.NaN,
        'open files before': report?.openFiles.before ?? Number.NaN,
        'open files after': report?.openFiles.after ?? Number.NaN,
      },
    };
  },
};

export const connectionScenarios = {
  hanging,
  requestsLost: resetting('reset-request'),
  answersLost: resetting('lose-answer'),
  closingIdle,
  closingReused,
  unknownHost,
  movingName,
  noFileLeft,
};
