import { startSink } from '../../support/sink.js';
import { always, type Form, inWords, patienceIn, type Scenario } from '../scenario.js';
import { startWorkload } from '../workload.js';

const MEBIBYTE = 2 ** 20;

interface Burst {
  readonly spans: number;
  /** Default: the processor's own. */
  readonly maxQueueBytes?: number;
}

const BURSTS: Record<Form, Burst> = {
  short: { spans: 20_000 },
  usual: { spans: 20_000 },
  long: { spans: 200_000, maxQueueBytes: 256 * MEBIBYTE },
};

const burst: Scenario = {
  id: 'E21',
  load: inWords(
    BURSTS,
    ({ spans, maxQueueBytes }) =>
      `${spans} spans${maxQueueBytes === undefined ? '' : `; ours with a queue of ${maxQueueBytes / MEBIBYTE} MiB`}`,
  ),
  withPeers: true,
  async run({ subject, form, cleanUp }) {
    const { spans, maxQueueBytes } = BURSTS[form];
    const sink = await startSink();
    cleanUp(() => sink.close());
    const workload = startWorkload({
      subject,
      url: sink.url,
      spans,
      payloadBytes: 500,
      end: 'shutdown',
      ...(maxQueueBytes === undefined ? {} : { options: { maxQueueBytes } }),
      ...(form === 'usual' ? {} : patienceIn('short')),
    });
    const account = await workload.accountAgainst(sink.stored);
    const { report } = await workload.ended();
    return {
      account,
      figures: {
        'longest event loop stall after the burst, ms': report?.longestBlockMs ?? Number.NaN,
        'peak memory, MB': report?.peakRssMegabytes ?? 0,
      },
    };
  },
};

/** What a text that was cut ends with. */
const MARK = '[cut from ';
const SERVER_LIMIT_BYTES = 16 * MEBIBYTE;

const hugeSpans: Scenario = {
  id: 'E22',
  load: always('100 spans of 5 MB each; a server that answers 413 above 16 MiB'),
  withPeers: false,
  async run({ subject, cleanUp }) {
    let marked = 0;
    const sink = await startSink(({ body }) => {
      for (let at = body.indexOf(MARK); at !== -1; at = body.indexOf(MARK, at + 1)) marked += 1;
      return body.length > SERVER_LIMIT_BYTES ? { status: 413 } : null;
    });
    cleanUp(() => sink.close());
    const workload = startWorkload({
      subject,
      url: sink.url,
      spans: 100,
      payloadBytes: 5_000_000,
      perTick: 1,
      flushEachTick: true,
      ...patienceIn('short'),
      end: 'shutdown',
    });
    const account = await workload.accountAgainst(sink.stored);
    const { report } = await workload.ended();
    return {
      account,
      figures: {
        'counted as truncated': report?.stats?.truncated ?? Number.NaN,
        'marked as cut': marked,
        'requests answered 413': sink.requests.filter(({ status }) => status === 413).length,
        'bytes of the largest request': Math.max(...sink.requests.map(({ bytes }) => bytes)),
        'peak memory, MB': report?.peakRssMegabytes ?? 0,
      },
    };
  },
};

export const loadScenarios = { burst, hugeSpans };
