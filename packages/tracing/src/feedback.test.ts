import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { EvaluationKeys } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendFeedback } from './feedback.js';
import { score } from './index.js';
import { recordSpans } from './testing/recorded-spans.js';

const TRACE = 'a'.repeat(32);

const spans = recordSpans();

/** The address of a route of an application, until the end of the test. */
async function serve(route: RequestListener): Promise<string> {
  const server = createServer(route).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/feedback`;
}

/** A route that records what a page sends, and all that it recorded. */
async function recordingRoute() {
  const requests: { method?: string | undefined; headers: NodeJS.Dict<string | string[]> }[] = [];
  const url = await serve(async (request, response) => {
    requests.push({ method: request.method, headers: request.headers });
    const sent = await json(request);
    score(sent as Parameters<typeof score>[0]);
    response.writeHead(204).end();
  });
  return {
    url,
    requests,
    scores: () => spans.all().flatMap(({ events }) => events.map(({ attributes }) => attributes)),
  };
}

describe('a thumb in a page', () => {
  it('becomes a score of the trace, by a route of the application that gives it to score()', async () => {
    const { url, requests, scores } = await recordingRoute();
    expect(await sendFeedback(url, { value: true, traceId: TRACE, comment: 'Thanks' })).toBe(true);
    expect(scores()).toEqual([
      {
        [EvaluationKeys.name]: 'helpful',
        [EvaluationKeys.value]: 1,
        [EvaluationKeys.label]: 'True',
        [EvaluationKeys.dataType]: 'BOOLEAN',
        [EvaluationKeys.traceId]: TRACE,
        [EvaluationKeys.explanation]: 'Thanks',
        [EvaluationKeys.id]: `helpful-${TRACE}`,
      },
    ]);
    expect(requests[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(requests[0]?.headers.authorization).toBeUndefined();
  });

  it('can be changed: the later one has the id of the one before', async () => {
    const { url, scores } = await recordingRoute();
    await sendFeedback(url, { value: true, traceId: TRACE });
    await sendFeedback(url, { value: false, traceId: TRACE });
    const [before, after] = scores();
    expect(after?.[EvaluationKeys.id]).toBe(before?.[EvaluationKeys.id]);
    expect(after?.[EvaluationKeys.value]).toBe(0);
  });

  it('on a session is a new score each time, unless it has an id', async () => {
    const { url, scores } = await recordingRoute();
    await sendFeedback(url, { name: 'stars', value: 4, sessionId: 'chat-1' });
    await sendFeedback(url, { name: 'stars', value: 5, sessionId: 'chat-1', id: 'chat-1-stars' });
    expect(scores().map((each) => each?.[EvaluationKeys.id])).toEqual([undefined, 'chat-1-stars']);
  });

  it('has the headers that the application asks for', async () => {
    const { url, requests } = await recordingRoute();
    await sendFeedback(url, { value: true, traceId: TRACE }, { headers: { 'x-csrf-token': 't' } });
    expect(requests[0]?.headers).toMatchObject({ 'x-csrf-token': 't', 'content-type': 'application/json' });
  });
});

describe('a page learns that its feedback did not arrive', () => {
  it.each([
    ['the route refuses it', (_, response) => void response.writeHead(403).end()],
    ['the person has to sign in', (_, response) => void response.writeHead(302, { location: '/login' }).end()],
    ['the connection breaks', (request) => void request.destroy()],
  ] satisfies [string, RequestListener][])('when %s', async (_when, route) => {
    expect(await sendFeedback(await serve(route), { value: true, traceId: TRACE })).toBe(false);
  });

  it('when the page gives nothing that can be sent', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.itself = cyclic;
    const url = await serve((_, response) => void response.writeHead(204).end());
    const unusable: unknown[] = [null, { value: cyclic }];
    for (const given of unusable) {
      expect(await sendFeedback(url, given as Parameters<typeof sendFeedback>[1])).toBe(false);
    }
  });

  it('when there is no such address', async () => {
    expect(await sendFeedback('http://127.0.0.1:1/', { value: true, traceId: TRACE })).toBe(false);
  });
});
