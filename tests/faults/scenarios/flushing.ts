import { Emitter } from '../../support/emitter.js';
import { startSink } from '../../support/sink.js';
import { always, type Scenario } from '../scenario.js';
import { startWorkload } from '../workload.js';

const waiting: Scenario = {
  id: 'E32',
  load: always('512 spans; the first request answered 503 with Retry-After 1; then forceFlush() and process.exit()'),
  withPeers: true,
  async run({ subject, cleanUp }) {
    const sink = await startSink(({ index }) =>
      index === 0 ? { status: 503, headers: { 'retry-after': '1' } } : null,
    );
    cleanUp(() => sink.close());
    const workload = startWorkload({ subject, url: sink.url, spans: 512, pauseMs: 300, end: 'flush and exit' });
    return {
      account: await workload.accountAgainst(sink.stored),
      figures: { 'requests refused': sink.requests.filter(({ status }) => status === 503).length },
    };
  },
};

const FLUSHES = 100;
const EARLY = 100;
const LATE = 10;

const allAtOnce: Scenario = {
  id: 'E33',
  load: always(`${EARLY} spans; ${FLUSHES} times forceFlush(), twice shutdown(), ${LATE} more spans`),
  withPeers: false,
  async run({ cleanUp }) {
    const sink = await startSink();
    cleanUp(() => sink.close());
    const emitter = new Emitter(sink.url, 'E33');
    emitter.emit(EARLY);
    await Promise.all(Array.from({ length: FLUSHES }, () => emitter.processor.forceFlush()));
    const storedByFlush = sink.stored.length;
    const reports = await Promise.all([emitter.processor.shutdown(), emitter.processor.shutdown()]);
    emitter.emit(LATE);
    const late = await emitter.processor.shutdown();
    return {
      account: emitter.accountAgainst(sink.stored),
      figures: {
        'stored when the flushes returned': storedByFlush,
        requests: sink.requests.length,
        'different reports of shutdown()': new Set([...reports, late]).size,
      },
    };
  },
};

export const flushScenarios = { waiting, allAtOnce };
