import { type Context, defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PowerRAGSpanProcessorOptions } from '../config/options.js';
import { type Pipeline, startPipeline } from '../testing/pipeline.js';
import { LiveTraces } from './live-traces.js';
import { remoteAttributes, SessionPropagator } from './session-propagator.js';

const NOWHERE = 'http://127.0.0.1:1';

/** The baggage header of a request that a span with these attributes makes, in a context that `incoming` came with. */
function outgoing(
  attributes: Record<string, string | string[]>,
  { incoming, pipeline = startPipeline({ baseUrl: NOWHERE }) }: { incoming?: string; pipeline?: Pipeline } = {},
): string {
  const span = pipeline.tracer.startSpan('span', { attributes }, ROOT_CONTEXT);
  const context = incoming === undefined ? ROOT_CONTEXT : extracted(incoming);
  return inject(pipeline, trace.setSpan(context, span)).baggage ?? '';
}

function inject(pipeline: Pipeline, context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  pipeline.processor.sessionPropagator().inject(context, headers, defaultTextMapSetter);
  return headers;
}

function extracted(baggage: string): Context {
  return new SessionPropagator(new LiveTraces()).extract(ROOT_CONTEXT, { baggage }, defaultTextMapGetter);
}

/** What the next service gives to its spans. */
function received(baggage: string): Record<string, unknown> {
  return Object.fromEntries(remoteAttributes(extracted(baggage)) ?? []);
}

const entriesOf = (baggage: string): string[] => (baggage === '' ? [] : baggage.split(','));
const withoutTraceId = (baggage: string): string[] =>
  entriesOf(baggage).filter((entry) => !entry.startsWith('langfuse_trace_id='));

describe('a session id in baggage', () => {
  it.each([
    ['commas, spaces and separators', 'a, b;c=d'],
    ['quotes, percent signs and line ends', '"50 %"\\\r\n\t%41'],
    ['text beyond ASCII', 'Gespräch 会話 🙂'],
    ['an id as long as they may be', 'x'.repeat(1_024)],
    ['an id that the tracing package has cut', `${'é'.repeat(1_007)}~0123456789abcdef`.slice(-200)],
  ])('arrives as it was: %s', (_what, id) => {
    const baggage = outgoing({ 'session.id': id });
    expect(baggage).toMatch(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e,]+$/);
    expect(received(baggage)['session.id']).toBe(id);
  });

  it('arrives with U+FFFD for half a surrogate pair, as on the span itself', () => {
    expect(received(outgoing({ 'session.id': 'half \ud83d' }))['session.id']).toBe('half \ufffd');
  });

  it.each([
    ['over 1,024 characters', 'x'.repeat(1_025)],
    ['over 4,096 bytes once it is encoded', '会'.repeat(1_024)],
  ])('stays at home when it is %s, and leaves no older one in its place', (_what, id) => {
    const baggage = outgoing({ 'session.id': id, 'user.id': 'u' }, { incoming: 'langfuse_session_id=old,tenant=acme' });
    expect(withoutTraceId(baggage)).toEqual(['tenant=acme', 'langfuse_user_id=u']);
  });

  it('keeps to the limits of W3C, whatever else is there', () => {
    const pipeline = startPipeline({ baseUrl: NOWHERE });
    const text = fc.string({ unit: 'binary', maxLength: 1_200, size: 'max' });
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 200 }), text, (metadata, id) => {
        const attributes = Object.fromEntries(
          Object.entries(metadata).map(([key, value]) => [`langfuse.trace.metadata.${key}`, value]),
        );
        const baggage = outgoing({ ...attributes, 'session.id': id }, { pipeline });
        expect(baggage.length).toBeLessThanOrEqual(8_192);
        expect(entriesOf(baggage).length).toBeLessThanOrEqual(180);
        const wellFormed = Buffer.from(id).toString();
        const travels =
          id !== '' && id.length <= 1_024 && `langfuse_session_id=${encodeURIComponent(wellFormed)}`.length <= 4_096;
        expect(received(baggage)['session.id']).toBe(travels ? wellFormed : undefined);
      }),
      { numRuns: 50 },
    );
  });

  it('is masked as it is on spans', () => {
    const masked = (options: PowerRAGSpanProcessorOptions) =>
      outgoing(
        { 'session.id': 'card 4111', 'langfuse.trace.metadata.password': 'hunter2' },
        { pipeline: startPipeline({ baseUrl: NOWHERE, ...options }) },
      );
    const mask: PowerRAGSpanProcessorOptions['mask'] = ({ data }) => String(data).replace(/\d/g, '#');
    expect(received(masked({ mask }))).toEqual({
      'session.id': 'card ####',
      'langfuse.trace.metadata.password': '[redacted]',
    });
    const failing: PowerRAGSpanProcessorOptions['mask'] = () => {
      throw new Error('no mask today');
    };
    expect(decodeURIComponent(masked({ mask: failing }))).not.toMatch(/4111|hunter2/);
  });

  it('takes out what came in where the mask leaves nothing of it', () => {
    const mask: PowerRAGSpanProcessorOptions['mask'] = ({ data, key }) => (key === 'user.id' ? undefined : data);
    const pipeline = startPipeline({ baseUrl: NOWHERE, mask });
    const incoming = 'langfuse_user_id=ann,langfuse_session_id=s';
    expect(received(outgoing({ 'session.id': 's', 'user.id': 'ann' }, { incoming, pipeline }))).toEqual({
      'session.id': 's',
    });
  });

  it('does not tell a credential by the key of metadata either', () => {
    const key = `ghp_${'aB3'.repeat(12)}`;
    const baggage = outgoing({ 'session.id': 's', [`langfuse.trace.metadata.${key}`]: 'of the deploy bot' });
    expect(received(baggage)).toEqual({
      'session.id': 's',
      'langfuse.trace.metadata.ghp_[redacted]': 'of the deploy bot',
    });
  });

  it('does not leave where tracing is suppressed', () => {
    const pipeline = startPipeline({ baseUrl: NOWHERE });
    const span = pipeline.start('span', undefined, { 'session.id': 's' });
    expect(inject(pipeline, suppressTracing(trace.setSpan(ROOT_CONTEXT, span)))).toEqual({});
  });
});

describe('baggage of others', () => {
  it('passes on as it came, properties included, before ours', () => {
    const incoming = 'tenant=acme;ttl=30;internal,feature=a%2Cb';
    expect(withoutTraceId(outgoing({ 'session.id': 's' }, { incoming }))).toEqual([
      'tenant=acme;ttl=30;internal',
      'feature=a%2Cb',
      'langfuse_session_id=s',
    ]);
  });

  it('does not give way to ours at the limit, and of ours the session id is the last to go', () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`);
    const of = (count: number) =>
      entriesOf(outgoing({ 'session.id': 's', 'user.id': 'u' }, { incoming: others(count).join(',') }));
    expect(of(180)).toEqual(others(180));
    expect(of(179)).toEqual([...others(179), 'langfuse_session_id=s']);
  });

  it('gives spans nothing', () => {
    expect(received('tenant=acme,session.id=x,langfuse=y')).toEqual({});
  });
});

describe('baggage of an unfriendly caller', () => {
  it.each([
    ['no percent-encoding', 'langfuse_session_id=%E0%A4%A,langfuse_user_id=u', { 'user.id': 'u' }],
    ['no value', 'langfuse_session_id=,langfuse_user_id', {}],
    ['the names of what every object has', '__proto__=x,constructor=y,hasOwnProperty=z', {}],
    ['a value over 1,024 characters', `langfuse_session_id=${'x'.repeat(1_025)}`, {}],
    ['nothing but separators', ',;=,=;,', {}],
    ['empty tags', 'langfuse_tags=%2C%2Ca%2C%2Ca', { 'langfuse.trace.tags': ['a'] }],
  ])('is read as far as it makes sense: %s', (_what, baggage, expected) => {
    expect(received(baggage)).toEqual(expected);
  });

  it('gives spans 64 tags and 64 metadata entries at most', () => {
    const tags = Array.from({ length: 500 }, (_, index) => `t${index}`).join('%2C');
    const metadata = Array.from({ length: 150 }, (_, index) => `langfuse_metadata_k${index}=v`).join(',');
    expect(received(`langfuse_tags=${tags}`)['langfuse.trace.tags']).toBeUndefined();
    const fewer = Array.from({ length: 100 }, (_, index) => `t${index}`).join('%2C');
    expect(received(`langfuse_tags=${fewer}`)['langfuse.trace.tags']).toHaveLength(64);
    expect(Object.keys(received(metadata))).toHaveLength(64);
  });
});

describe('tags in baggage', () => {
  it('are left out when they hold the comma that parts them', () => {
    expect(received(outgoing({ 'langfuse.trace.tags': ['a', 'b,c', 'd e'] }))).toEqual({
      'langfuse.trace.tags': ['a', 'd e'],
    });
  });
});
