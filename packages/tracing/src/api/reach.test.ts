import { EVALUATION_EVENT, SERVER_URL, SpanAttributeKeys } from '@powerrag/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  configureTracing,
  observe,
  type Score,
  score,
  sessionUrl,
  startActiveObservation,
  startObservation,
  traceUrl,
  withSession,
} from '../index.js';
import { forgetSetUp, recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => void warn.mockClear());
afterEach(() => {
  vi.unstubAllEnvs();
  Reflect.deleteProperty(globalThis, SERVER_URL);
});

describe('the address of a session or trace', () => {
  const traceId = 'ab'.repeat(16);

  it('leads to the page of the server that the exporter sends to', () => {
    Object.assign(globalThis, { [SERVER_URL]: 'https://traces.example' });
    expect(sessionUrl('chat 1')).toBe('https://traces.example/sessions/chat%201');
    expect(sessionUrl('a/b')).toBe('https://traces.example/session?id=a%2Fb');
    expect(traceUrl(traceId)).toBe(`https://traces.example/traces/${traceId}`);
    const observation = startObservation('ask');
    expect(observation.url).toBe(`https://traces.example/traces/${observation.traceId}?observation=${observation.id}`);
  });

  it('leads to the configured page address, else to POWERRAG_BASE_URL', () => {
    vi.stubEnv('POWERRAG_BASE_URL', 'http://variable.example');
    expect(traceUrl(traceId)).toBe(`http://variable.example/traces/${traceId}`);
    configureTracing({ pageUrl: 'https://replay.example/powerrag/' });
    expect(traceUrl(traceId)).toBe(`https://replay.example/powerrag/traces/${traceId}`);
  });

  it('uses the session id as it is recorded', () => {
    configureTracing({ pageUrl: 'https://replay.example' });
    const id = 'x'.repeat(2_000);
    withSession(id, () => startObservation('ask').end());
    const recorded = String(spans.named('ask').attributes[SpanAttributeKeys.sessionId]);
    expect(sessionUrl(id)).toBe(`https://replay.example/sessions/${encodeURIComponent(recorded)}`);
  });

  it('is undefined when the page’s address is unknown or nothing is recorded', () => {
    vi.stubEnv('POWERRAG_BASE_URL', '');
    expect([sessionUrl('s'), traceUrl(traceId), startObservation('ask').url]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    configureTracing({ pageUrl: 'https://replay.example' });
    expect([sessionUrl(''), traceUrl('0'.repeat(32)), traceUrl('chat-1')]).toEqual([undefined, undefined, undefined]);
    forgetSetUp();
    configureTracing({ pageUrl: 'https://replay.example' });
    expect(startObservation('ask').url).toBeUndefined();
  });
});

describe('withSession', () => {
  it('sets the session on everything that starts in the function, and returns its result', async () => {
    const ask = observe(async () => 'Paris', { name: 'ask' });
    expect(await withSession('chat-1', () => ask())).toBe('Paris');
    expect(spans.named('ask').attributes[SpanAttributeKeys.sessionId]).toBe('chat-1');
  });

  it('runs the function whatever the id is', () => {
    expect(withSession(undefined as never, () => 1)).toBe(1);
  });
});

describe('score', () => {
  const sent = () =>
    spans
      .all()
      .flatMap(({ events }) => events.filter(({ name }) => name === EVALUATION_EVENT))
      .map(({ attributes }) => attributes);

  it('records a number on a session, with the reason', () => {
    score({ name: 'helpful', value: 0.5, comment: 'Half of it', sessionId: 'chat-1', id: 'message-7' });
    expect(sent()).toEqual([
      {
        'gen_ai.evaluation.name': 'helpful',
        'gen_ai.evaluation.score.value': 0.5,
        'gen_ai.evaluation.explanation': 'Half of it',
        'powerrag.score.session_id': 'chat-1',
        'powerrag.score.id': 'message-7',
      },
    ]);
  });

  it('records true and false, and a word', () => {
    score({ name: 'thumb', value: false, sessionId: 's' });
    score({ name: 'tone', value: 'rude', sessionId: 's' });
    expect(sent()).toMatchObject([
      {
        'gen_ai.evaluation.score.value': 0,
        'gen_ai.evaluation.score.label': 'False',
        'powerrag.score.data_type': 'BOOLEAN',
      },
      { 'gen_ai.evaluation.score.label': 'rude' },
    ]);
  });

  it('records it on an observation that has ended, on a trace, or on the active observation', () => {
    const ended = startObservation('ended');
    ended.end();
    score({ name: 'a', value: 1, observation: ended });
    score({ name: 'b', value: 1, traceId: ended.traceId, sessionId: 'not this' });
    const active = startActiveObservation('active', (observation) => {
      score({ name: 'c', value: 1 });
      return observation;
    });
    expect(sent().map((each) => [each?.['powerrag.score.trace_id'], each?.['powerrag.score.observation_id']])).toEqual([
      [ended.traceId, ended.id],
      [ended.traceId, undefined],
      [active.traceId, active.id],
    ]);
  });

  it('is not part of the trace that it judges', () => {
    startActiveObservation('active', () => score({ name: 'c', value: 1 }));
    const carrier = spans.named('score c');
    expect(carrier.parentSpanContext).toBeUndefined();
    expect(carrier.spanContext().traceId).not.toBe(spans.named('active').spanContext().traceId);
  });

  it.each<[string, unknown, RegExp]>([
    ['without a value', { name: 'a', sessionId: 's' }, /`value`/],
    ['with NaN', { name: 'a', value: Number.NaN, sessionId: 's' }, /`value`/],
    ['without a name', { value: 1, sessionId: 's' }, /name of a score/],
    ['on nothing', { name: 'a', value: 1 }, /what was judged/],
    ['on what is not a trace id', { name: 'a', value: 1, traceId: 'chat-1' }, /32 hex digits/],
    ['that is nothing', undefined, /score/],
    ['that is a text', 'up', /score/],
  ])('a score %s is left out with a warning', (_what, given, message) => {
    expect(() => score(given as Score)).not.toThrow();
    expect(sent()).toEqual([]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(message));
  });
});

describe('observations that nothing records', () => {
  beforeEach(forgetSetUp);

  it('cause one warning, in development', () => {
    vi.stubEnv('NODE_ENV', 'development');
    startObservation('a');
    observe(() => 1)();
    score({ name: 'a', value: 1, sessionId: 's' });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("Import '@powerrag/exporter/register' first"));
  });

  it('cause a warning when NODE_ENV is not set', () => {
    vi.stubEnv('NODE_ENV', undefined);
    startObservation('a');
    expect(warn).toHaveBeenCalledOnce();
  });

  it.each([
    ['NODE_ENV', 'production'],
    ['NODE_ENV', 'test'],
    ['OTEL_SDK_DISABLED', 'true'],
  ])('are not told of with %s=%s', (name, value) => {
    vi.stubEnv('NODE_ENV', 'development');
    vi.stubEnv(name, value);
    startObservation('a');
    expect(warn).not.toHaveBeenCalled();
  });
});
