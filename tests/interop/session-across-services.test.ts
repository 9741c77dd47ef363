import type { ReplayDocument } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ReceivedSpan } from '../e2e/otlp-spans.js';
import { type RecordingSink, startRecordingSink } from '../e2e/recording-sink.js';
import { getJson } from '../support/http.js';
import { startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';
import { runUpstream, startDownstream } from './services.js';

const CLIENTS = ['http', 'fetch'] as const;

async function sink(): Promise<RecordingSink> {
  const started = await startRecordingSink();
  onTestFinished(() => started.close());
  return started;
}

const sessionsOf = (spans: readonly ReceivedSpan[]) => new Set(spans.map((span) => span.attributes['session.id']));
const namesOf = (spans: readonly ReceivedSpan[]) => spans.map(({ name }) => name).sort();
const rootsOf = (spans: readonly ReceivedSpan[]) =>
  namesOf(spans.filter(({ attributes }) => attributes['langfuse.internal.is_app_root'] === true));

describe.each(CLIENTS)('a session id with propagateSession, over %s', (CLIENT) => {
  it('that is set after the first span and before the call is on every span of both services', async () => {
    const [a, b] = [await sink(), await sink()];
    const downstream = await startDownstream({ to: b.url, propagateSession: true });
    const settings = { CLIENT, SET: 'before', SESSION: 'Grüße, 会話; 1=2', URL: downstream.url };
    await runUpstream({ to: a.url, propagateSession: true }, settings);
    await downstream.stop();

    expect(namesOf(a.spans)).toEqual(['GET', 'plan', 'turn']);
    expect(namesOf(b.spans)).toEqual(['GET', 'look-up']);
    expect(sessionsOf([...a.spans, ...b.spans])).toEqual(new Set(['Grüße, 会話; 1=2']));
    expect(new Set([...a.spans, ...b.spans].map(({ traceId }) => traceId)).size).toBe(1);
    expect([rootsOf(a.spans), rootsOf(b.spans)]).toEqual([['turn'], []]);
  });

  it('never ends up on another conversation, of many at once', async () => {
    const [a, b] = [await sink(), await sink()];
    const downstream = await startDownstream({ to: b.url, propagateSession: true });
    const settings = { CLIENT, SET: 'before', SESSION: 'c', COUNT: '60', URL: downstream.url };
    const turns = await runUpstream({ to: a.url, propagateSession: true }, settings);
    await downstream.stop();

    for (const { sessionId, baggage } of turns)
      expect(baggage.split(',')).toContain(`langfuse_session_id=${sessionId}`);
    const sessionOfTrace = new Map(a.spans.map(({ traceId, attributes }) => [traceId, attributes['session.id']]));
    expect(new Set(sessionOfTrace.values()).size).toBe(60);
    expect([a.spans.length, b.spans.length]).toEqual([180, 120]);
    for (const { attributes, traceId } of [...a.spans, ...b.spans]) {
      expect(attributes['session.id']).toBe(sessionOfTrace.get(traceId));
    }
  });

  it.each(['before', 'after'])('set %s the call groups the spans of both on the server', async (SET) => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    const downstream = await startDownstream({ to: server.url, propagateSession: true });
    const settings = { CLIENT, SET, SESSION: 'both', URL: downstream.url };
    await runUpstream({ to: server.url, propagateSession: true }, settings);
    await downstream.stop();

    const { observations } = await getJson<ReplayDocument>(`${server.url}/api/v1/sessions/both/replay`);
    expect(observations.map(({ name }) => name).sort()).toEqual(['GET', 'GET', 'look-up', 'plan', 'turn']);
  });
});

describe('a session id with propagateSession, over three services', () => {
  it('reaches the third service by way of the second', async () => {
    const [a, b, c] = [await sink(), await sink(), await sink()];
    const third = await startDownstream({ to: c.url, propagateSession: true });
    const second = await startDownstream({ to: b.url, propagateSession: true });
    const URL = `${second.url}?then=${encodeURIComponent(third.url)}`;
    const [turn] = await runUpstream({ to: a.url, propagateSession: true }, { SET: 'before', SESSION: 's', URL });
    await Promise.all([second.stop(), third.stop()]);

    expect(turn?.baggage).toContain('langfuse_session_id=s');
    expect(namesOf(b.spans)).toEqual(['GET', 'GET', 'look-up']);
    expect(sessionsOf([...b.spans, ...c.spans])).toEqual(new Set(['s']));
  });

  it('gives way in the services after the one that names another', async () => {
    const [a, b, c] = [await sink(), await sink(), await sink()];
    const third = await startDownstream({ to: c.url, propagateSession: true });
    const second = await startDownstream({ to: b.url, propagateSession: true });
    const URL = `${second.url}?session=theirs&then=${encodeURIComponent(third.url)}`;
    await runUpstream({ to: a.url, propagateSession: true }, { SET: 'before', SESSION: 'ours', URL });
    await Promise.all([second.stop(), third.stop()]);

    expect(sessionsOf(a.spans)).toEqual(new Set(['ours']));
    expect(sessionsOf([...b.spans, ...c.spans])).toEqual(new Set(['theirs']));
  });
});

describe.each(CLIENTS)('without propagateSession, over %s', (CLIENT) => {
  it.each(['before', 'scope'])(
    'no baggage leaves, and each service has a root of its own (id set: %s)',
    async (SET) => {
      const [a, b] = [await sink(), await sink()];
      const downstream = await startDownstream({ to: b.url });
      const turns = await runUpstream({ to: a.url }, { CLIENT, SET, SESSION: 's', URL: downstream.url });
      await downstream.stop();

      expect(turns).toEqual([{ sessionId: 's', baggage: '' }]);
      expect([sessionsOf(a.spans), sessionsOf(b.spans)]).toEqual([new Set(['s']), new Set([undefined])]);
      expect([rootsOf(a.spans), rootsOf(b.spans)]).toEqual([['turn'], ['GET']]);
    },
  );

  it('propagateAttributes with asBaggage takes the id along', async () => {
    const [a, b] = [await sink(), await sink()];
    const downstream = await startDownstream({ to: b.url });
    await runUpstream({ to: a.url }, { CLIENT, SET: 'baggage', SESSION: 'a, b', URL: downstream.url });
    await downstream.stop();

    expect(sessionsOf([...a.spans, ...b.spans])).toEqual(new Set(['a, b']));
    expect([rootsOf(a.spans), rootsOf(b.spans)]).toEqual([['turn'], []]);
  });
});

describe('with a service that uses the Langfuse SDK', () => {
  it('upstream, its session, tags and metadata are on our spans, and its root stays the root', async () => {
    const [a, b] = [await sink(), await sink()];
    const downstream = await startDownstream({ to: b.url });
    const settings = { SESSION: 'a, b', URL: downstream.url };
    await runUpstream({ to: a.url, sdk: 'langfuse' }, settings, 'upstream-langfuse.mjs');
    await downstream.stop();

    expect(namesOf(b.spans)).toEqual(['GET', 'look-up']);
    for (const { attributes } of b.spans) {
      expect(attributes).toMatchObject({
        'session.id': 'a, b',
        'langfuse.trace.tags': ['a', 'b'],
        'langfuse.trace.metadata.plan': 'pro',
      });
    }
    expect(rootsOf(b.spans)).toEqual([]);
  });

  it('downstream, our session is on its spans, and our root stays the root', async () => {
    const [a, b] = [await sink(), await sink()];
    const downstream = await startDownstream({ to: b.url, sdk: 'langfuse' });
    const settings = { CLIENT: 'http', SET: 'before', SESSION: 'a, b', URL: downstream.url };
    await runUpstream({ to: a.url, propagateSession: true }, settings);
    await waitFor(() => b.spans.length === 2, { what: 'two spans of the Langfuse SDK' });

    expect(sessionsOf(b.spans)).toEqual(new Set(['a, b']));
    expect(rootsOf(b.spans)).toEqual([]);
  });
});
