import { once } from 'node:events';
import { connect } from 'node:net';
import { mergeChange, type ReplayChanges, type ReplayDocument, writePosition } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createReadApi } from '../read/index.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { listen } from '../testing/listen.js';
import { signedIn } from '../testing/signed-in.js';
import { Changes } from './changes.js';
import { FeedClient } from './feed.js';
import { Feeds } from './feeds.js';

/** A server with the session `s`, on a real socket, and what its store was asked. */
async function start() {
  const store = memoryStore();
  const changes = new Changes();
  const writer = changes.of(store);
  const reads = { count: 0 };
  const reader = {
    ...store,
    listObservations: (...query: Parameters<typeof store.listObservations>) => {
      reads.count += 1;
      return store.listObservations(...query);
    },
  };
  const write = (trace: number, id: number, sessionId: string | undefined = 's', startMs = 1_000 * trace) =>
    writer.write('default', [
      anObservation({
        ...{ traceId: traceId(trace), id: spanId(id), startMs, endMs: startMs + 1 },
        trace: sessionId === undefined ? {} : { sessionId },
      }),
    ]);
  await write(1, 1);
  const { port, url } = await listen(signedIn(createReadApi({ reader, changes })));
  onTestFinished(() => changes.close());
  const base = `${url}/api/v1/sessions/s`;
  const document = async () => (await (await fetch(`${base}/replay`)).json()) as ReplayDocument;
  return { write, reads, base, port, document };
}

/** Follows the session; `until` gives the document once it passes. */
async function follow(base: string, document: ReplayDocument, headers: Record<string, string> = {}) {
  const query = headers['last-event-id'] === undefined ? `?after=${writePosition(document)}` : '';
  const response = await fetch(`${base}/changes${query}`, { headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let current = document;
  let text = '';
  const events: string[] = [];
  const until = async (passes: (document: ReplayDocument) => boolean): Promise<ReplayDocument> => {
    while (!passes(current)) {
      const step = await reader?.read();
      if (step === undefined || step.done) throw new Error('the stream ended');
      text += step.value;
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const event of whole.filter((each) => each.startsWith('event: change'))) {
        events.push(event);
        const { changes }: ReplayChanges = JSON.parse(event.slice(event.indexOf('data: ') + 6));
        for (const change of changes) current = mergeChange(current, change) ?? current;
      }
    }
    return current;
  };
  return { until, events, leave: () => reader?.cancel() };
}

const traces = (count: number) => (document: ReplayDocument) => document.traces.length === count;

describe('a client that follows a session', () => {
  it('has what the session is, from the events alone: traces that come, grow and leave', async () => {
    const { write, base, document } = await start();
    const { until } = await follow(base, await document());
    await write(2, 1);
    await write(3, 1);
    expect(await until(traces(3))).toEqual(await document());
    await write(3, 2, 'other', 9_000);
    expect(await until(traces(2))).toEqual(await document());
  });

  it('goes on from the last event that it has seen', async () => {
    const { write, base, document } = await start();
    const before = await document();
    const first = await follow(base, before);
    await write(2, 1);
    const seen = await first.until(traces(2));
    await first.leave();
    await write(3, 1);
    const again = await follow(base, seen, { 'last-event-id': writePosition(seen) });
    expect(await again.until(traces(3))).toEqual(await document());
  });

  it('gets what it missed before it came', async () => {
    const { write, base, document } = await start();
    const old = await document();
    await write(2, 1);
    const { until } = await follow(base, old);
    expect(await until(traces(2))).toEqual(await document());
  });
});

describe('many clients that follow one session', () => {
  it('cost one reading of what changed, and get the same bytes', async () => {
    const { write, base, document, reads } = await start();
    const known = await document();
    const clients = await Promise.all(Array.from({ length: 50 }, () => follow(base, known)));
    reads.count = 0;
    await write(2, 1);
    const documents = await Promise.all(clients.map(({ until }) => until(traces(2))));
    expect(reads.count).toBe(1);
    expect(new Set(clients.map(({ events }) => events.join()))).toHaveLength(1);
    expect(new Set(documents.map((each) => JSON.stringify(each)))).toHaveLength(1);
  });

  it('do not wait for one that reads nothing', async () => {
    const { write, base, port, document } = await start();
    const known = await document();
    const lazy = connect(port, '127.0.0.1');
    onTestFinished(() => void lazy.destroy());
    await once(lazy, 'connect');
    lazy.write('GET /api/v1/sessions/s/changes HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    lazy.pause();
    const { until } = await follow(base, known);
    for (let trace = 2; trace < 6; trace++) await write(trace, 1);
    expect((await until(traces(5))).traces).toHaveLength(5);
  });
});

describe('a client that has stopped reading', () => {
  it('is told that it is behind, and ended, when changes have waited for it too long', async () => {
    const changes = new Changes();
    let revision = 0;
    const feeds = new Feeds(
      changes,
      async (_project, _session, after) => {
        revision += 1;
        const position = { revision, asOfMs: 0 };
        const change = { ...position, durationMs: 0, startedAtMs: 0, traces: [], observations: [], turns: [] };
        const session = { ...(await memoryStoreSession()), revision };
        return {
          ...position,
          from: after,
          changes: after === null ? [] : [{ ...change, session }],
          nextChangeMs: null,
        };
      },
      { stalledMs: 0 },
    );
    const { client, ready } = feeds.enter('p', 's', null, async () => [traceId(1)]);
    const behind = new Promise<void>((resolve) => {
      client.onBehind = resolve;
    });
    await ready;
    const timer = setInterval(() => changes.stored('p', [{ traceId: traceId(1), trace: {} }]), 20);
    onTestFinished(() => clearInterval(timer));
    await behind;
    expect(client.isOver).toBe('behind');
    changes.close();
  });

  it('stays what it was first: ended, or behind', () => {
    const client = new FeedClient(null);
    client.end('behind');
    client.end('ended');
    expect(client.isOver).toBe('behind');
  });
});

async function memoryStoreSession() {
  const store = memoryStore();
  await store.write('p', [anObservation({ trace: { sessionId: 's' } })]);
  const session = await store.getSession('p', 's');
  if (session === null) throw new Error('it was stored');
  return session;
}
