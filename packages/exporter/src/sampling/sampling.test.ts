import type { Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../base/clock.js';
import { placeOf, type SamplingOptions } from '../choose/sampling-rules.js';
import { type Collector, startCollector } from '../testing/collector.js';
import { FakeClock } from '../testing/fake-clock.js';
import { startPipeline } from '../testing/pipeline.js';

afterEach(() => vi.unstubAllEnvs());

/** Of a share of a half: `chat 1` is sent, `chat 4` is not. */
const [SENT, LEFT_OUT] = ['chat 1', 'chat 4'] as const;

async function pipelineWith(sampling: unknown, clock: Clock = systemClock) {
  const collector = await startCollector();
  const lines: string[] = [];
  const given = sampling as number | SamplingOptions;
  const pipeline = startPipeline(
    { baseUrl: collector.baseUrl, log: (line) => lines.push(line), sampling: given },
    { clock },
  );
  return { ...pipeline, collector, lines, stats: () => pipeline.processor.stats() };
}

/** Records a trace of two spans. */
function turn(
  { start }: Pick<Awaited<ReturnType<typeof pipelineWith>>, 'start'>,
  name: string,
  attributes: Record<string, string>,
  act: (child: Span, root: Span) => void = () => {},
): void {
  const root = start(`${name} root`, undefined, attributes);
  const child = start(`${name} child`, root);
  act(child, root);
  child.end();
  root.end();
}

const session = (id: string) => ({ 'session.id': id });
const fail = (span: Span) => void span.setStatus({ code: SpanStatusCode.ERROR, message: 'quota' });
const names = (collector: Collector) => collector.spans().map(({ name }) => name);
/** That everything that ended is accounted for. */
function sum({
  delivered,
  dropped,
  held,
  pending,
  sampledOut,
  spooled,
}: ReturnType<Awaited<ReturnType<typeof pipelineWith>>['stats']>) {
  return delivered + spooled + pending + held + sampledOut + Object.values(dropped).reduce((a, b) => a + b, 0);
}

describe('a share of the sessions', () => {
  it('is decided by a hash that is the same everywhere', () => {
    expect(placeOf(SENT)).toBeLessThan(0.5);
    expect(placeOf(LEFT_OUT)).toBeGreaterThan(0.5);
    // The first 6 bytes of `printf 'chat 1' | sha256sum`, as part of 2^48.
    expect([SENT, LEFT_OUT].map((id) => placeOf(id).toFixed(6))).toEqual(['0.234953', '0.518229']);
    const places = Array.from({ length: 10_000 }, (_, index) => placeOf(`session-${index}`));
    expect(places.filter((place) => place < 0.1).length).toBeGreaterThan(900);
    expect(places.filter((place) => place < 0.1).length).toBeLessThan(1_100);
  });

  it('is sent whole, and the rest is counted', async () => {
    const pipeline = await pipelineWith(0.5);
    for (const id of [SENT, LEFT_OUT, SENT]) turn(pipeline, id, session(id));
    await pipeline.processor.forceFlush();
    expect(names(pipeline.collector)).toEqual(
      Array(2)
        .fill([`${SENT} child`, `${SENT} root`])
        .flat(),
    );
    expect(pipeline.stats()).toMatchObject({ ended: 6, delivered: 4, sampledOut: 2, sampledOutEarly: 0, held: 0 });
  });

  it('is decided for the whole trace, though its session id comes last', async () => {
    const pipeline = await pipelineWith(0.5);
    for (const id of [SENT, LEFT_OUT])
      turn(pipeline, id, {}, (child, root) => {
        child.end();
        expect(pipeline.stats().held).toBe(1);
        root.setAttribute('session.id', id);
      });
    await pipeline.processor.forceFlush();
    expect(names(pipeline.collector)).toEqual([`${SENT} child`, `${SENT} root`]);
    expect(pipeline.stats()).toMatchObject({ sampledOut: 2, held: 0 });
  });

  it('takes the trace id where there is no session id', async () => {
    const pipeline = await pipelineWith(0.5);
    for (let i = 0; i < 50; i++) turn(pipeline, 'turn', {});
    await pipeline.processor.forceFlush();
    const spans = pipeline.collector.spans();
    for (const { traceId } of spans) expect(placeOf(traceId)).toBeLessThan(0.5);
    expect(spans.length + pipeline.stats().sampledOut).toBe(100);
    expect(spans.length).toBeGreaterThan(0);
  });

  it('is taken from the environment, of Langfuse’s name too', async () => {
    vi.stubEnv('LANGFUSE_SAMPLE_RATE', '0.5');
    const pipeline = await pipelineWith(undefined);
    turn(pipeline, 'a', session(LEFT_OUT));
    expect(pipeline.stats().sampledOut).toBe(2);
  });

  it.each([
    [10, 'sampling must be a number from 0 to 1'],
    ['a tenth', 'sampling must be a number from 0 to 1'],
    [Number.NaN, 'sampling must be a number from 0 to 1'],
    [{ share: -1 }, 'sampling.share must be a number from 0 to 1'],
    [{ share: 0.5, users: 'ada' }, 'sampling.users must be an array of strings'],
  ])('of %j is told, and nothing is left out for it', async (sampling, message) => {
    const pipeline = await pipelineWith(sampling);
    expect(pipeline.lines.join()).toContain(message);
    turn(pipeline, 'a', session(SENT));
    await pipeline.processor.forceFlush();
    expect(pipeline.stats()).toMatchObject({ delivered: 2, sampledOut: 0 });
  });
});

describe('sessions that are kept besides', () => {
  it('are those with an error, with what came before and after it, in other traces too', async () => {
    const pipeline = await pipelineWith({ share: 0 });
    turn(pipeline, '1', session('a'));
    turn(pipeline, '2', session('b'));
    turn(pipeline, '3', session('a'), fail);
    turn(pipeline, '4', session('a'));
    await pipeline.processor.forceFlush();
    expect(names(pipeline.collector)).toEqual(['1', '3', '4'].flatMap((name) => [`${name} child`, `${name} root`]));
    expect(pipeline.stats()).toMatchObject({ held: 2, sampledOut: 0 });
    await pipeline.processor.shutdown();
    expect(pipeline.stats()).toMatchObject({ ended: 8, delivered: 6, held: 0, sampledOut: 2, sampledOutEarly: 0 });
  });

  it('are those with an error in a trace whose session id came later', async () => {
    const pipeline = await pipelineWith({ share: 0 });
    turn(pipeline, '1', session('a'));
    turn(pipeline, '2', {}, (child, root) => {
      fail(child);
      child.end();
      root.setAttribute('session.id', 'a');
    });
    await pipeline.processor.forceFlush();
    expect(names(pipeline.collector).sort()).toEqual(['1 child', '1 root', '2 child', '2 root']);
  });

  it('are those of the given users and tags', async () => {
    const pipeline = await pipelineWith({ share: 0, errors: false, users: ['ada'], tags: ['beta'] });
    turn(pipeline, 'of ada', { ...session('a'), 'user.id': 'ada' });
    turn(pipeline, 'of eve', { ...session('b'), 'user.id': 'eve' }, fail);
    turn(pipeline, 'beta', session('c'), (_, root) => void root.setAttribute('langfuse.trace.tags', ['x', 'beta']));
    await pipeline.processor.forceFlush();
    expect(names(pipeline.collector)).toEqual(['of ada child', 'of ada root', 'beta child', 'beta root']);
  });

  it('wait within maxHeldBytes: the oldest is let go, counted and told', async () => {
    const pipeline = await pipelineWith({ share: 0, maxHeldBytes: 4_000 });
    turn(pipeline, 'first', session('a'));
    const text = { 'langfuse.observation.input': 'x'.repeat(3_000) };
    turn(pipeline, 'second', { ...session('b'), ...text });
    expect(pipeline.stats()).toMatchObject({ held: 2, sampledOut: 2, sampledOutEarly: 2 });
    expect(pipeline.stats().heldBytes).toBeLessThanOrEqual(4_000);
    expect(pipeline.lines).toEqual([expect.stringContaining('because sampling.maxHeldBytes is full')]);
    turn(pipeline, 'late', session('a'), fail);
    await pipeline.processor.forceFlush();
    expect(names(pipeline.collector)).toEqual(['late child', 'late root']);
    expect(sum(pipeline.stats())).toBe(6);
  });

  it('wait for maxHeldMs', async () => {
    const clock = new FakeClock();
    const pipeline = await pipelineWith({ share: 0, maxHeldMs: 1_000 }, clock);
    turn(pipeline, 'first', session('a'));
    await clock.advance(600);
    turn(pipeline, 'second', session('b'));
    await clock.advance(400);
    expect(pipeline.stats()).toMatchObject({ held: 2, sampledOut: 2, sampledOutEarly: 0 });
    await clock.advance(600);
    expect(pipeline.stats()).toMatchObject({ held: 0, sampledOut: 4 });
  });

  it('are decided at shutdown; what ends later is counted as such', async () => {
    const pipeline = await pipelineWith({ share: 0.5 });
    const open = pipeline.start('open');
    pipeline.start('child', open).end();
    turn(pipeline, 'a', session(LEFT_OUT));
    expect(pipeline.stats().held).toBe(3);
    await pipeline.processor.shutdown();
    open.end();
    const { dropped, ended, held } = pipeline.stats();
    expect({ ended, held, afterShutdown: dropped.after_shutdown }).toEqual({ ended: 4, held: 0, afterShutdown: 1 });
    expect(sum(pipeline.stats())).toBe(4);
  });

  it('leave no memory behind, however many sessions there are', async () => {
    const pipeline = await pipelineWith({ share: 0, maxHeldBytes: 100_000 });
    for (let i = 0; i < 2_000; i++) turn(pipeline, 't', session(`session ${i}`));
    expect(pipeline.stats().heldBytes).toBeLessThanOrEqual(100_000);
    await pipeline.processor.shutdown();
    expect(pipeline.processor.pipeline.traces.sizes).toMatchObject({ traces: 0, openSpans: 0 });
    expect(pipeline.stats()).toMatchObject({ ended: 4_000, sampledOut: 4_000, held: 0, heldBytes: 0 });
  });
});
