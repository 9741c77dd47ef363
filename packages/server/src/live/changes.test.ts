import { describe, expect, it, onTestFinished } from 'vitest';
import { createReadApi } from '../read/index.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { Changes } from './changes.js';

/** A store with a session `s` of one trace, and somebody who follows it over HTTP. */
async function follow(sessionId = 's') {
  const store = memoryStore();
  const changes = new Changes();
  const writer = changes.of(store);
  await writer.write('default', [anObservation({ traceId: traceId(1), trace: { sessionId: 's' } })]);
  const api = signedIn(createReadApi({ reader: store, changes }));
  const response = await api.request(`/api/v1/sessions/${sessionId}/changes`);
  onTestFinished(() => changes.close());
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** All that was sent, once that is in it, or the end has come. */
  const sent = async (what: string): Promise<string> => {
    while (!text.includes(what)) {
      const step = await reader?.read();
      if (step === undefined || step.done) return `${text}(end)`;
      text += step.value;
    }
    return text;
  };
  return { changes, cancel: () => reader?.cancel(), response, sent, writer };
}

describe('a follower of a session', () => {
  it('is notified of a span without the session id in a trace that has it', async () => {
    const { response, sent, writer } = await follow();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await sent('\n\n');
    await writer.write('default', [anObservation({ traceId: traceId(1), id: spanId(2), trace: {} })]);
    expect(await sent('event: change')).toContain('event: change\nid: ');
  });

  it('is notified of a new trace of the session, and of later spans of that trace', async () => {
    const { sent, writer } = await follow();
    await sent('\n\n');
    await writer.write('default', [anObservation({ traceId: traceId(2), trace: { sessionId: 's' } })]);
    const first = await sent('event: change');
    await writer.write('default', [anObservation({ traceId: traceId(2), id: spanId(2), trace: {} })]);
    expect(await sent(`${first}event: change`)).toContain('event: change');
  });

  it('is not notified of other sessions', async () => {
    const { changes, sent, writer } = await follow();
    await sent('\n\n');
    await writer.write('default', [anObservation({ traceId: traceId(9), trace: { sessionId: 'other' } })]);
    changes.close();
    const all = await sent('(end)');
    expect(all).toContain('(end)');
    expect(all).not.toContain('change\n');
  });

  it('is removed when the server closes, and when the client leaves', async () => {
    const stopped = await follow();
    stopped.changes.close();
    expect(await stopped.sent('(end)')).toContain('(end)');
    expect(stopped.changes.followers).toBe(0);

    const left = await follow();
    await left.sent('\n\n');
    expect(left.changes.followers).toBe(1);
    await left.cancel();
    await expect.poll(() => left.changes.followers).toBe(0);
  });

  it('gets a 404 for a session that does not exist', async () => {
    const { response } = await follow('nope');
    expect(response.status).toBe(404);
  });
});
