import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendResult } from '../base/send-result.js';
import { startSender as setUp } from '../testing/sender.js';

const accepted: SendResult = { status: 'accepted', rejectedSpans: 0, message: undefined };
const unavailable: SendResult = { status: 'retryable', afterMs: undefined, message: 'the server answered 503' };

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index % 256);

describe('a batch', () => {
  it('is sent when it is full, or after the interval', async () => {
    const { add, clock, requests } = setUp(() => accepted);
    add(...range(12));
    await clock.advance(0);
    expect(requests.map(({ spans }) => spans.length)).toEqual([10]);
    await clock.advance(499);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    expect(requests.map(({ spans }) => spans)).toEqual([range(10), [10, 11]]);
  });

  it('that failed is sent again unchanged, before newer ones', async () => {
    let down = true;
    const { add, clock, requests, stats } = setUp(() => (down ? unavailable : accepted));
    add(...range(10));
    await clock.advance(0);
    down = false;
    add(99);
    await clock.advance(10_000);
    expect(requests.map(({ spans }) => spans)).toEqual([range(10), range(10), [99]]);
    expect(stats.delivered).toBe(11);
  });

  it('that is too large is sent in halves, and a single span that is too large is dropped', async () => {
    const { add, clock, requests, stats } = setUp((spans) =>
      spans.includes(3) ? { status: 'too_large', message: 'the server answered 413' } : accepted,
    );
    add(...range(10));
    await clock.advance(1_000);
    expect(requests.slice(0, 3).map(({ spans }) => spans.length)).toEqual([10, 5, 3]);
    expect(stats.delivered).toBe(9);
    expect(stats.snapshot({ spans: 0, bytes: 0 }).dropped.span_too_large).toBe(1);
  });

  it('that the server refuses is dropped and never sent again', async () => {
    const { add, clock, requests, stats } = setUp(() => ({ status: 'refused', message: 'the server answered 400' }));
    add(...range(10));
    await clock.advance(600_000);
    expect(requests).toHaveLength(1);
    expect(stats.snapshot({ spans: 0, bytes: 0 }).dropped.refused).toBe(10);
  });

  it('that the server accepts in part is counted in part and never sent again', async () => {
    const { add, clock, requests, stats, lines } = setUp(() => ({
      status: 'accepted',
      rejectedSpans: 3,
      message: 'bad ids\u001b[31m',
    }));
    add(...range(10));
    await clock.advance(600_000);
    expect(requests).toHaveLength(1);
    expect(stats.delivered).toBe(7);
    expect(stats.snapshot({ spans: 0, bytes: 0 }).dropped.rejected).toBe(3);
    expect(lines).toEqual(['[powerrag] the server rejected 3 spans: bad ids [31m']);
  });
});

it('the log says "1 span" for a single dropped span', async () => {
  const answers: SendResult[] = [
    { status: 'refused', message: 'the server answered 400' },
    { status: 'accepted', rejectedSpans: 1, message: 'bad id' },
  ];
  const { add, clock, lines } = setUp(() => answers.shift() ?? accepted);
  for (const span of [1, 2]) {
    add(span);
    await clock.advance(1_000);
  }
  expect(lines).toEqual([
    '[powerrag] 1 span refused and dropped: the server answered 400',
    '[powerrag] the server rejected 1 span: bad id',
  ]);
});

describe('while the server is down', () => {
  it('the pauses between requests grow', async () => {
    const { add, clock, requests } = setUp(() => unavailable);
    add(...range(10));
    await clock.advance(20_000);
    const waits = requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0));
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000]);
  });

  it('no request is sent before the time that the server asked for', async () => {
    let calls = 0;
    const { add, clock, requests } = setUp(() =>
      ++calls === 1 ? { status: 'retryable', afterMs: 20_000, message: 'the server answered 429' } : accepted,
    );
    add(...range(10));
    await clock.advance(0);
    add(...range(100));
    await clock.advance(20_999);
    expect(requests).toHaveLength(1);
    await clock.advance(1_000);
    expect(requests.flatMap(({ spans }) => spans)).toHaveLength(120);
  });

  it('a Retry-After of 0 leads to the usual pause', async () => {
    const message = 'the server answered 503, Retry-After: 0';
    // Against a test that would never end.
    const afterMs = (): number => (requests.length > 100 ? 60_000 : 0);
    const { add, clock, requests } = setUp(() => ({ status: 'retryable', afterMs: afterMs(), message }));
    add(1);
    await clock.advance(10_000);
    expect(requests.map(({ at }) => at - 1_000_000)).toEqual([500, 750, 1_250, 2_250, 4_250, 8_250]);
  });

  it('an old span is still sent when the server returns, because only a failure drops it', async () => {
    const answers: SendResult[] = [{ status: 'retryable', afterMs: 20_000, message: 'the server answered 503' }];
    const { add, clock, stats, sender } = setUp(() => answers.shift() ?? accepted, { maxAgeMs: 5_000 });
    add(...range(10));
    await clock.advance(60_000);
    expect(stats.delivered).toBe(10);
    expect(stats.snapshot(sender.pending).dropped.too_old).toBe(0);
  });

  it('spans that are too old are dropped and counted after a failure', async () => {
    const { add, clock, stats, sender } = setUp(() => unavailable, { maxAgeMs: 5_000 });
    add(...range(10));
    await clock.advance(60_000);
    expect(stats.snapshot(sender.pending).dropped.too_old).toBe(10);
    expect(sender.pending).toEqual({ spans: 0, bytes: 0 });
  });

  it('memory stays within its limit, including batches in flight and put back', async () => {
    const { add, clock, stats, sender } = setUp(() => unavailable, { maxQueueBytes: 50 * 257 });
    for (let round = 0; round < 20; round++) {
      add(...range(10));
      await clock.advance(100);
    }
    expect(sender.pending).toEqual({ spans: 50, bytes: 50 * 257 });
    expect(stats.snapshot(sender.pending).dropped.queue_full).toBe(150);
  });

  it('with keys that it does not accept, there is one clear message, a probe each minute, and no drop', async () => {
    let keysAreRight = false;
    const { add, clock, requests, lines, stats } = setUp(() =>
      keysAreRight ? accepted : { status: 'unauthorized', message: 'the server answered 401' },
    );
    add(...range(10));
    await clock.advance(59_000);
    expect(requests).toHaveLength(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('POWERRAG_PUBLIC_KEY');
    keysAreRight = true;
    await clock.advance(2_000);
    expect(stats.delivered).toBe(10);
  });
});

describe('flush', () => {
  it('waits for a batch that is in flight', async () => {
    let answer = (_: SendResult): void => {};
    const { add, clock, sender } = setUp(
      () =>
        new Promise<SendResult>((resolve) => {
          answer = resolve;
        }),
    );
    add(...range(10));
    await clock.settle();
    let flushed = false;
    const flush = sender.flush({ timeoutMs: 30_000 }).then(() => {
      flushed = true;
    });
    await clock.advance(1_000);
    expect(flushed).toBe(false);
    answer(accepted);
    await clock.settle();
    await flush;
    expect(flushed).toBe(true);
  });

  it('sends a batch that is backing off at once, and waits for it', async () => {
    let calls = 0;
    const { add, clock, sender, stats } = setUp(() => (++calls <= 2 ? unavailable : accepted));
    add(...range(10));
    await clock.advance(0);
    const flush = sender.flush({ timeoutMs: 30_000 });
    await clock.advance(1_000);
    await flush;
    expect(stats.delivered).toBe(10);
  });

  it('ends at its deadline and keeps the spans', async () => {
    const { add, clock, sender } = setUp(() => unavailable);
    add(1);
    const flush = sender.flush({ timeoutMs: 3_000 });
    await clock.advance(3_000);
    await flush;
    expect(sender.pending.spans).toBe(1);
  });

  it('does not wait for later spans', async () => {
    const { add, clock, sender, requests } = setUp((spans) =>
      spans.includes(2) ? new Promise<SendResult>(() => {}) : accepted,
    );
    add(1);
    const flush = sender.flush({ timeoutMs: 30_000 });
    await clock.settle();
    add(2);
    await flush;
    expect(requests.map(({ spans }) => spans)).toEqual([[1]]);
  });

  it('called a hundred times at once resolves each call, with one request', async () => {
    const { add, clock, sender, requests } = setUp(() => accepted);
    add(1, 2, 3);
    const flushes = Promise.all(range(100).map(() => sender.flush({ timeoutMs: 30_000 })));
    await clock.settle();
    await flushes;
    expect(requests).toHaveLength(1);
  });
});

describe('the counts', () => {
  it.each<[name: string, answer: SendResult]>([
    ['rejects some', { status: 'accepted', rejectedSpans: 2, message: 'no' }],
    ['refuses them', { status: 'refused', message: 'no' }],
    ['cannot take a single one', { status: 'too_large', message: 'no' }],
    ['is away for too long', unavailable],
  ])('add up at each drop, when the server %s', async (_name, answer) => {
    const totals: number[] = [];
    const onDrop = (): void => {
      const { delivered, droppedTotal } = stats;
      totals.push(delivered + droppedTotal + sender.pending.spans);
    };
    const { add, clock, sender, stats } = setUp(() => answer, {}, onDrop);
    add(1, 2, 3, 4, 5);
    await clock.advance(120_000);
    expect(totals.length).toBeGreaterThan(0);
    expect(new Set(totals)).toEqual(new Set([5]));
  });

  it('have nothing in flight once the sender is closed, even if a request was never answered', async () => {
    const { add, clock, sender, stats } = setUp(() => new Promise(() => {}));
    add(1, 2, 3);
    await clock.advance(500);
    expect(stats.inFlight).toBe(3);
    sender.close('shutdown_deadline');
    expect(stats.inFlight).toBe(0);
  });
});

it('after any run of answers, every span is delivered, dropped with a reason, or pending', async () => {
  const answers = fc.array(
    fc.constantFrom<SendResult>(
      accepted,
      unavailable,
      { status: 'retryable', afterMs: 3_000, message: '' },
      { status: 'accepted', rejectedSpans: 2, message: undefined },
      { status: 'refused', message: '' },
      { status: 'too_large', message: '' },
      { status: 'unauthorized', message: '' },
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(answers, fc.array(fc.nat({ max: 40 }), { maxLength: 5 }), async (script, bursts) => {
      const remaining = [...script];
      const { add, clock, left, sender, stats } = setUp(() => remaining.shift() ?? accepted, {
        maxQueueBytes: 60 * 129,
      });
      let total = 0;
      for (const burst of bursts) {
        add(...range(burst));
        total += burst;
        await clock.advance(700);
      }
      const { delivered, droppedTotal } = stats;
      expect(delivered + droppedTotal + sender.pending.spans).toBe(total);
      expect(left()).toBe(delivered + droppedTotal);
      const rest = total - left();
      expect(sender.close('shutdown_deadline')).toEqual({ pending: rest, dropped: rest });
      expect(stats.delivered + stats.droppedTotal).toBe(total);
      expect(left()).toBe(total);
      expect(sender.pending).toEqual({ spans: 0, bytes: 0 });
    }),
    { numRuns: 60 },
  );
});
