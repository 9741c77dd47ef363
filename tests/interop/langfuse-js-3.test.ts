import type { ReplayDocument } from '@powerrag/protocol';
import { Langfuse, LangfuseMedia } from 'langfuse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson } from '../support/http.js';
import { type ServerProcess, startServer } from '../support/server-process.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const aClient = () => new Langfuse({ baseUrl: server.url, publicKey: 'pk-lf-local', secretKey: 'sk-lf-local' });
const replayOf = (sessionId: string) => getJson<ReplayDocument>(`${server.url}/api/v1/sessions/${sessionId}/replay`);

describe('the Langfuse SDK for JavaScript, version 3', () => {
  it('records a turn in its session, with its answer and its tokens', async () => {
    const langfuse = aClient();
    const trace = langfuse.trace({
      name: 'turn',
      sessionId: 'js-3',
      userId: 'user-7',
      tags: ['alpha'],
      input: 'Where?',
    });
    const span = trace.span({ name: 'retrieve', input: 'q' });
    const generation = span.generation({
      ...{ name: 'answer', model: 'gpt-4o', modelParameters: { temperature: 0.5 } },
      input: [{ role: 'user', content: 'Where?' }],
    });
    generation.end({ output: 'Here.', usageDetails: { input: 100, output: 20 } });
    span.end({ output: ['found'] });
    trace.event({ name: 'noted' });
    trace.update({ output: 'Here.' });
    await langfuse.shutdownAsync();

    const { session, observations, turns } = await replayOf('js-3');
    expect(session).toMatchObject({ userIds: ['user-7'], tags: ['alpha'], traceCount: 1, totalTokens: 120 });
    expect(observations.map(({ name, type, depth }) => [name, type, depth]).sort()).toEqual([
      ['answer', 'generation', 2],
      ['noted', 'event', 1],
      ['retrieve', 'span', 1],
      ['turn', 'span', 0],
    ]);
    expect(turns.flatMap(({ messages }) => messages.flatMap(({ parts }) => parts))).toEqual([
      { type: 'text', text: 'Where?' },
      { type: 'text', text: 'Here.' },
    ]);
    const fetched = await langfuse.fetchTrace(trace.id);
    expect(fetched.data).toMatchObject({ name: 'turn', sessionId: 'js-3', output: 'Here.' });
  });

  it('scores a trace, and uploads the picture in its input, which comes back from the server', async () => {
    const langfuse = aClient();
    const picture = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 251));
    const media = new LangfuseMedia({ contentBytes: picture, contentType: 'image/png' });
    const trace = langfuse.trace({ name: 'seen', sessionId: 'js-3-media', input: { picture: media } });
    trace.score({ name: 'helpful', value: 1, comment: 'good' });
    await langfuse.shutdownAsync();

    const { annotations } = await replayOf('js-3-media');
    expect(annotations).toMatchObject([{ kind: 'score', name: 'helpful', value: 1, text: 'good' }]);
    const { input } = (await langfuse.fetchTrace(trace.id)).data as { input: { picture: string } };
    const { mediaId, contentType } = LangfuseMedia.parseReferenceString(input.picture);
    const fetched = await langfuse.fetchMedia(mediaId);
    expect([contentType, fetched]).toEqual(['image/png', expect.objectContaining({ contentLength: 300 })]);
    expect(Buffer.from(await (await fetch(fetched.url)).arrayBuffer())).toEqual(picture);
  });
});
