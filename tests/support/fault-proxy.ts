import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the network between a client and the server does. */
export type Fault =
  /** Passes everything on. */
  | { readonly kind: 'none' }
  /** Delays each piece of an answer by this many milliseconds. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Refuses connections. Open connections are reset. */
  | { readonly kind: 'refuse' }
  /** Resets the connection when a request begins; the server sees nothing of it. */
  | { readonly kind: 'reset-request' }
  /** Passes the request on, then resets the connection instead of the answer: stored, but not acknowledged. */
  | { readonly kind: 'lose-answer' }
  /** Takes the request and never answers; the server sees nothing of it. */
  | { readonly kind: 'hang' }
  /** Passes the answer on byte by byte, with a pause of this many milliseconds between. */
  | { readonly kind: 'drip'; readonly pauseMs: number }
  /** Resets the connection instead of passing a piece of a request on, with this probability. `random` is from [0, 1). */
  | { readonly kind: 'reset-some'; readonly chance: number; readonly random: () => number }
  /** Closes a connection after this many milliseconds without a request or an answer, without telling the client. */
  | { readonly kind: 'close-idle'; readonly afterMs: number }
  /** Closes a connection just as a second request begins on it: its end and that request have crossed. */
  | { readonly kind: 'close-reused' };

/** An answer that is on its way when a fault starts does not arrive either. */
const HARMS_ANSWERS: ReadonlySet<Fault['kind']> = new Set([
  'latency',
  'lose-answer',
  'drip',
  'hang',
  'refuse',
  'reset-request',
]);

export interface FaultProxy {
  readonly url: string;
  /** Takes effect with the next bytes on every connection, old and new. */
  set(fault: Fault): Promise<void>;
  /** Resets the connections that are open; new ones are accepted as before. */
  reset(): void;
  /** How often the fault happened since the start: a scenario without it has tested nothing. */
  readonly struck: number;
  close(): Promise<void>;
}

/** A TCP proxy on 127.0.0.1 that misbehaves on demand. */
export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  const target = new URL(targetUrl);
  let fault: Fault = { kind: 'none' };
  let struck = 0;
  const clients = new Set<Socket>();

  const listener = createServer((client) => {
    clients.add(client);
    const upstream = connect(Number(target.port), target.hostname);
    const hangUp = () => {
      clients.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', hangUp).on('close', hangUp).setNoDelay(true);
    let awaitsAnswer = false;
    let isReused = false;
    client.on('data', (bytes: Buffer) => {
      if (fault.kind === 'close-reused' && isReused && !awaitsAnswer) {
        struck += 1;
        client.destroy();
        return;
      }
      awaitsAnswer = true;
      const resets = fault.kind === 'reset-request' || (fault.kind === 'reset-some' && fault.random() < fault.chance);
      if (fault.kind === 'hang' || resets) struck += 1;
      if (resets) client.resetAndDestroy();
      else if (fault.kind !== 'hang') upstream.write(bytes);
    });
    let answers = Promise.resolve();
    upstream.on('data', (bytes: Buffer) => {
      awaitsAnswer = false;
      isReused = true;
      answers = answers.then(() => answer(client, bytes)).catch(hangUp);
    });
    client.on('timeout', () => {
      // A connection is idle after an answer: not while one is awaited, nor before the first request, which takes its time on a
      // busy machine.
      if (awaitsAnswer || !isReused) return;
      struck += 1;
      client.end();
    });
    if (fault.kind === 'close-idle') client.setTimeout(fault.afterMs);
  });

  async function answer(client: Socket, bytes: Buffer): Promise<void> {
    if (!HARMS_ANSWERS.has(fault.kind)) {
      client.write(bytes);
      return;
    }
    struck += 1;
    if (fault.kind === 'lose-answer') client.resetAndDestroy();
    else if (fault.kind === 'latency') {
      await sleep(fault.ms);
      client.write(bytes);
    } else if (fault.kind === 'drip') {
      for (const byte of bytes) {
        client.write(Uint8Array.of(byte));
        await sleep(fault.pauseMs);
      }
    }
  }

  async function listen(port: number): Promise<void> {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
  }

  function reset(): void {
    for (const client of clients) client.resetAndDestroy();
  }

  async function silence(): Promise<void> {
    const closed = once(listener, 'close');
    listener.close();
    reset();
    await closed;
  }

  await listen(0);
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy was given no port');
  const { port } = address;

  return {
    url: `http://127.0.0.1:${port}`,
    async set(next) {
      fault = next;
      if (next.kind === 'refuse' && listener.listening) {
        struck += 1;
        await silence();
      }
      if (next.kind !== 'refuse' && !listener.listening) await listen(port);
      for (const client of clients) client.setTimeout(next.kind === 'close-idle' ? next.afterMs : 0);
    },
    reset,
    get struck() {
      return struck;
    },
    async close() {
      if (listener.listening) await silence();
    },
  };
}
