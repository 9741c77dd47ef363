import { SpanStatusCode } from '@opentelemetry/api';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observe, startActiveObservation } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

/** As LangGraph's: a getter of a class says that it is to go up to the graph. */
class GraphInterrupt extends Error {
  get is_bubble_up() {
    return true;
  }
}

describe('a throw', () => {
  const thrownBy = (error: unknown) => {
    let caught: unknown;
    try {
      startActiveObservation('failing', () => {
        throw error;
      });
    } catch (thrown) {
      caught = thrown;
    }
    expect(caught).toBe(error);
    return spans.named('failing');
  };

  it('is recorded as level, status message, OpenTelemetry status and exception, and thrown on', () => {
    const error = Object.freeze(new TypeError('no such tool'));
    const span = thrownBy(error);
    expect(span.attributes).toMatchObject({
      [SpanAttributeKeys.observationLevel]: 'ERROR',
      [SpanAttributeKeys.observationStatusMessage]: 'no such tool',
    });
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such tool' });
    expect(span.events[0]?.attributes).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'no such tool',
      'exception.stacktrace': error.stack,
    });
  });

  it.each<[unknown, string]>([
    ['just text', 'just text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ code: 7 }, '{"code":7}'],
    [Symbol('s'), '"[Symbol(s)]"'],
  ])('of %s, which is no error, says what was thrown', (value, message) => {
    expect(thrownBy(value).attributes[SpanAttributeKeys.observationStatusMessage]).toBe(message);
  });

  it('shows the causes, and the errors of an AggregateError', () => {
    const error = new AggregateError([new Error('first'), new Error('second')], 'all failed', {
      cause: new Error('root'),
    });
    const stack = String(thrownBy(error).events[0]?.attributes?.['exception.stacktrace']);
    for (const message of ['all failed', 'first', 'second', 'Caused by: Error: root']) expect(stack).toContain(message);
  });

  it('of an error that is its own cause comes to an end', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(thrownBy(error).events).toHaveLength(1);
  });

  it('of an AbortError is a warning, not an error', () => {
    const span = thrownBy(new DOMException('This operation was aborted', 'AbortError'));
    expect(span.attributes).toMatchObject({
      [SpanAttributeKeys.observationLevel]: 'WARNING',
      [SpanAttributeKeys.observationStatusMessage]: 'aborted',
    });
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.events).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['redirect() of Next.js', Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;push;/a;303;' }), ''],
    ['notFound() of Next.js', Object.assign(new Error('n'), { digest: 'NEXT_HTTP_ERROR_FALLBACK;404' }), 'n'],
    ['interrupt() of LangGraph', new GraphInterrupt('[{"value":"ok?"}]'), '[{"value":"ok?"}]'],
    ['a redirect of Remix', new Response(null, { status: 302 }), 'Response with status 302'],
    ['a redirect of SvelteKit', { status: 303, location: '/done' }, 'Object with status 303'],
    ['data() of React Router', { data: null, init: { status: 404 } }, 'Object with status 404'],
    ['notFound() of TanStack Router', { isNotFound: true }, '{"isNotFound":true}'],
    ['a promise that React waits for', Promise.resolve(), '[Promise]'],
  ])('of %s, which steers a framework, is not an error', (_name, thrown, message) => {
    const span = thrownBy(thrown);
    expect(span.attributes[SpanAttributeKeys.observationLevel]).toBeUndefined();
    expect(span.attributes[SpanAttributeKeys.observationStatusMessage]).toContain(message);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.events).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['an error of an HTTP client', Object.assign(new Error('Rate limited'), { status: 429 })],
    ['a response that tells of a failure', new Response(null, { status: 500 })],
    ['an error that Next.js has given a digest', Object.assign(new Error('no'), { digest: '1842930' })],
  ])('of %s is an error', (_name, thrown) => {
    expect(thrownBy(thrown).attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });

  it.each(['ABORT_ERR', 'ERR_CANCELED', 'UND_ERR_ABORTED'])(
    'of an error that only its code %s calls an abort is a warning',
    (code) => {
      expect(thrownBy(Object.assign(new Error('stopped'), { code })).attributes).toMatchObject({
        [SpanAttributeKeys.observationLevel]: 'WARNING',
        [SpanAttributeKeys.observationStatusMessage]: 'aborted',
      });
    },
  );

  it.each([
    ['AbortError', 'WARNING'],
    ['TimeoutError', 'ERROR'],
  ])('of a %s of another realm, as jsdom has them, is a %s', (name, level) => {
    class DOMException {
      readonly [Symbol.toStringTag] = 'DOMException';
      get name() {
        return name;
      }
    }
    expect(thrownBy(new DOMException()).attributes[SpanAttributeKeys.observationLevel]).toBe(level);
  });

  it.each(['ECONNABORTED', 'SQLITE_ABORT', 'aborted', 'ABORTED', 20])(
    'of an error with the code %s, which is a failure, is an error',
    (code) => {
      const thrown = Object.assign(new Error('failed'), { code });
      expect(thrownBy(thrown).attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
    },
  );

  it.each(['AbortError', 'CanceledError', 'CancelledError', 'CancelError'])('of a %s is a warning', (name) => {
    const thrown = Object.assign(new Error('stopped'), { name });
    expect(thrownBy(thrown).attributes[SpanAttributeKeys.observationLevel]).toBe('WARNING');
  });

  it('of the reason of a signal that the function was given is a warning too', async () => {
    const controller = new AbortController();
    const reason = { why: 'user left' };
    controller.abort(reason);
    const fetchAnswer = observe(async function fetchAnswer(options: { signal: AbortSignal }) {
      throw options.signal.reason;
    });
    await expect(fetchAnswer({ signal: controller.signal })).rejects.toBe(reason);
    expect(spans.named('fetchAnswer').attributes[SpanAttributeKeys.observationLevel]).toBe('WARNING');
  });
});
