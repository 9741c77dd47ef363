import { gzipSync } from 'node:zlib';
import { Emitter } from '../../support/emitter.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { type SinkAnswer, type SinkRecord, startSink } from '../../support/sink.js';
import type { RowId } from '../rows.js';
import { always, type Form, inWords, type Outcome, patienceIn, type Scenario, type Trial } from '../scenario.js';
import { startWorkload } from '../workload.js';

const PATIENCE = { timeoutMs: 40_000 };

interface Refusal {
  readonly spans: number;
  readonly perSecond: number;
  readonly status: number;
  readonly retryAfterSeconds?: number;
  /** From the first request on. */
  readonly forSeconds: number;
}

function refusing(id: RowId, forms: Record<Form, Refusal>): Scenario {
  return {
    id,
    load: inWords(forms, refusalInWords),
    withPeers: true,
    async run({ subject, form, cleanUp }) {
      const load = forms[form];
      let until: number | undefined;
      const sink = await startSink(({ atMs }) => {
        until ??= atMs + load.forSeconds * 1_000;
        return atMs < until ? refusal(load) : null;
      });
      cleanUp(() => sink.close());
      const workload = startWorkload({
        subject,
        url: sink.url,
        spans: load.spans,
        perTick: load.perSecond / 20,
        tickMs: 50,
        payloadBytes: 500,
        end: 'shutdown',
        ...patienceIn(form),
      });
      const account = await workload.accountAgainst(sink.stored);
      return {
        account,
        figures: {
          'requests refused': sink.requests.filter(({ status }) => status === load.status).length,
          'requests in the pause': requestsInPause(sink.requests, (load.retryAfterSeconds ?? 0) * 1_000),
        },
      };
    },
  };
}

function refusal({ status, retryAfterSeconds }: Refusal): SinkAnswer {
  return { status, headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) } };
}

function refusalInWords({ spans, perSecond, status, retryAfterSeconds, forSeconds }: Refusal): string {
  const header = retryAfterSeconds === undefined ? 'without Retry-After' : `with Retry-After ${retryAfterSeconds}`;
  return `${spans} spans, ${perSecond} a second; ${status} ${header} for ${forSeconds} s`;
}

/** Requests that came before the end of the pause that the first refusal asked for. Node's timers fire up to 1 ms early. */
function requestsInPause(requests: readonly SinkRecord[], pauseMs: number): number {
  const [first] = requests;
  if (!first || first.status === 200) return 0;
  return requests.filter(({ atMs }) => atMs > first.atMs && atMs < first.atMs + pauseMs - 1).length;
}

const longPause = { spans: 3_000, perSecond: 100, status: 429, retryAfterSeconds: 20, forSeconds: 15 };
const told = refusing('E23', {
  short: { spans: 1_500, perSecond: 600, status: 429, retryAfterSeconds: 2, forSeconds: 1.5 },
  usual: longPause,
  long: longPause,
});

const unavailable = { spans: 1_500, perSecond: 100, status: 503, retryAfterSeconds: 2, forSeconds: 8 };
const busy = refusing('E25', {
  short: { spans: 300, perSecond: 200, status: 503, forSeconds: 1.5 },
  usual: unavailable,
  long: { spans: 7_000, perSecond: 100, status: 503, forSeconds: 60 },
});

/** Our processor with a sink that gives these answers, in this process. */
async function emitTo(
  { cleanUp }: Trial,
  spans: number,
  decide: Parameters<typeof startSink>[0],
  figures: (emitter: Emitter, requests: readonly SinkRecord[]) => Record<string, number>,
): Promise<Outcome> {
  const sink = await startSink(decide);
  cleanUp(() => sink.close());
  const emitter = new Emitter(sink.url, 'answers');
  emitter.emit(spans);
  await emitter.processor.shutdown(PATIENCE);
  return { account: emitter.accountAgainst(sink.stored), figures: figures(emitter, sink.requests) };
}

const linesOf = (emitter: Emitter) => ({ 'lines in the log': emitter.logLines.length });

/** A status that must not be retried: one request, and each span counted as dropped. */
function statusThatMeansNo(status: number): Scenario {
  return {
    id: 'E26',
    load: always(`100 spans; ${status} to each request`),
    withPeers: false,
    run: (trial) =>
      emitTo(
        trial,
        100,
        () => ({ status }),
        (emitter, requests) => ({ requests: requests.length, ...linesOf(emitter) }),
      ),
  };
}

/** Keys that are not accepted until somebody fixes them. */
function wrongKeys(status: 401 | 403): Scenario {
  return {
    id: 'E26',
    load: always(`100 spans; ${status} to the first three requests`),
    withPeers: false,
    async run({ cleanUp }) {
      const sink = await startSink(({ index }) => (index < 3 ? { status } : null));
      cleanUp(() => sink.close());
      const emitter = new Emitter(sink.url, 'answers');
      emitter.emit(100);
      // A flush tries once, even during a pause, and does not wait longer if keys are wrong.
      for (let flush = 0; flush < 3; flush += 1) await emitter.processor.forceFlush(PATIENCE);
      const refusedRequests = sink.requests.length;
      await emitter.processor.shutdown(PATIENCE);
      return {
        account: emitter.accountAgainst(sink.stored),
        figures: { 'requests refused': refusedRequests, ...linesOf(emitter) },
      };
    },
  };
}

/** One span in a hundred is too large for the server, with others and alone. */
const tooLarge: Scenario = {
  id: 'E26',
  load: always('100 spans; 413 to each request that contains one specific span'),
  withPeers: false,
  run(trial) {
    let culprit: string | undefined;
    return emitTo(
      trial,
      100,
      ({ spanIds }) => {
        culprit ??= spanIds[37];
        return culprit !== undefined && spanIds.includes(culprit) ? { status: 413 } : null;
      },
      (emitter, requests) => ({
        'requests too large': requests.filter(({ status }) => status === 413).length,
        ...linesOf(emitter),
      }),
    );
  },
};

const REJECTION = { rejected: 3, message: 'no time stamps' };
/** `ExportTraceServiceResponse { partial_success { rejected_spans: 3, error_message: … } }`, field numbers 1; 1 and 2. */
const PARTIAL_BODIES = {
  json: JSON.stringify({
    partialSuccess: { rejectedSpans: String(REJECTION.rejected), errorMessage: REJECTION.message },
  }),
  protobuf: Buffer.from([
    ...[0x0a, 4 + REJECTION.message.length, 0x08, REJECTION.rejected, 0x12, REJECTION.message.length],
    ...Buffer.from(REJECTION.message),
  ]),
};

function partialSuccess(encoding: keyof typeof PARTIAL_BODIES): Scenario {
  const headers = { 'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf' };
  return {
    id: 'E27',
    load: always(`100 spans; one answer, in ${encoding === 'json' ? 'JSON' : 'protobuf'}`),
    withPeers: false,
    async run({ cleanUp }) {
      const rejected = new Set<string>();
      const sink = await startSink(({ spanIds }) => {
        for (const id of spanIds.slice(0, REJECTION.rejected)) rejected.add(id);
        return { status: 200, headers, body: PARTIAL_BODIES[encoding] };
      });
      cleanUp(() => sink.close());
      const emitter = new Emitter(sink.url, 'answers');
      emitter.emit(100);
      await emitter.processor.shutdown(PATIENCE);
      return {
        account: emitter.accountAgainst(sink.stored.filter((id) => !rejected.has(id))),
        figures: { requests: sink.requests.length, ...linesOf(emitter) },
      };
    },
  };
}

const ENDLESS_CHUNK = Buffer.alloc(64 * 1024, 'x');
const MEBIBYTE = 2 ** 20;
/** Less than 64 KiB that gunzip makes 60 MiB of: a gzip file may have many members (RFC 1952, 2.2). */
const BOMB = Buffer.concat(Array.from({ length: 60 }, () => gzipSync(Buffer.alloc(MEBIBYTE), { level: 9 })));

/** Answers that are 200, and then misbehave. Each counts the bytes that it sent. */
const MISBEHAVIOURS = {
  'breaks off': () => (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{');
    setImmediate(() => response.socket?.resetAndDestroy());
  },
  'never ends': (count) => (response) => {
    response.writeHead(200);
    const more = (): void => {
      for (let isFlowing = true; isFlowing && !response.destroyed; ) {
        isFlowing = response.write(ENDLESS_CHUNK);
        count(ENDLESS_CHUNK.length);
      }
    };
    response.on('drain', more);
    more();
  },
  inflates: (count) => (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(BOMB);
    count(BOMB.length);
  },
} as const satisfies Record<string, (count: (bytes: number) => void) => SinkAnswer>;

function misbehaving(kind: keyof typeof MISBEHAVIOURS): Scenario {
  return {
    id: 'E29',
    load: always(`100 spans; an answer that ${kind}`),
    withPeers: false,
    async run(trial) {
      let sentBytes = 0;
      const answer = MISBEHAVIOURS[kind]((bytes) => {
        sentBytes += bytes;
      });
      const memoryBefore = process.memoryUsage.rss();
      const outcome = await emitTo(trial, 100, () => answer, linesOf);
      const grown = Math.max(0, process.memoryUsage.rss() - memoryBefore) / MEBIBYTE;
      return {
        ...outcome,
        figures: { ...outcome.figures, 'bytes sent by the server': sentBytes, 'memory growth, MB': grown },
      };
    },
  };
}

const dripping: Scenario = {
  id: 'E29',
  load: always('100 spans; an answer that comes byte by byte'),
  withPeers: false,
  async run({ cleanUp }) {
    const sink = await startSink();
    cleanUp(() => sink.close());
    const proxy = await startFaultProxy(sink.url);
    cleanUp(() => proxy.close());
    await proxy.set({ kind: 'drip', pauseMs: 2 });
    const emitter = new Emitter(proxy.url, 'answers');
    emitter.emit(100);
    await emitter.processor.shutdown(PATIENCE);
    return {
      account: emitter.accountAgainst(sink.stored),
      figures: { 'answers that dripped': proxy.struck, ...linesOf(emitter) },
    };
  },
};

export const answerScenarios = {
  told,
  busy,
  badRequest: statusThatMeansNo(400),
  notFound: statusThatMeansNo(404),
  serverError: statusThatMeansNo(500),
  unauthorized: wrongKeys(401),
  forbidden: wrongKeys(403),
  tooLarge,
  partialInJson: partialSuccess('json'),
  partialInProtobuf: partialSuccess('protobuf'),
  dripping,
  breaksOff: misbehaving('breaks off'),
  neverEnds: misbehaving('never ends'),
  inflates: misbehaving('inflates'),
};
