import { describe, expect, it } from 'vitest';
import type { SendResult } from '../base/send-result.js';
import { startSender } from '../testing/sender.js';

const accepted: SendResult = { status: 'accepted', rejectedSpans: 0, message: undefined };
const unavailable: SendResult = { status: 'retryable', afterMs: undefined, message: 'the server answered 503' };

describe('a flush at the end of the process', () => {
  const refused: SendResult = { ...unavailable, message: 'connect ECONNREFUSED', unreachable: 'http://127.0.0.1:1' };
  const answered: SendResult = { ...unavailable, statusCode: 503 };
  const limits = { timeoutMs: 5_000, unreachableTimeoutMs: 1_000 };

  /** Adds one span, flushes, and returns how the flush has ended, if it has. */
  function flushAtExit({ add, sender }: ReturnType<typeof startSender>): { timedOut?: boolean } {
    const end: { timedOut?: boolean } = {};
    add(1);
    void sender.flush(limits).then((timedOut) => {
      end.timedOut = timedOut;
    });
    return end;
  }

  it('ends early when the server cannot be reached, and leaves it to the last line of the log to say so', async () => {
    const sending = startSender(() => refused);
    const end = flushAtExit(sending);
    await sending.clock.advance(999);
    expect(end).toEqual({});
    await sending.clock.advance(1);
    expect(end).toEqual({ timedOut: true });
    expect(sending.requests.length).toBeGreaterThan(1);
    expect(sending.sender.unreachable).toEqual({ server: 'http://127.0.0.1:1', message: 'connect ECONNREFUSED' });
    expect(sending.lines).toEqual([]);
  });

  it.each([
    ['accepted spans', accepted],
    ['answered 503', answered],
  ])('goes on to its deadline when the server has %s before', async (_name, first) => {
    let requests = 0;
    const sending = startSender(() => (++requests === 1 ? first : refused));
    sending.add(0);
    await sending.clock.advance(500);
    const end = flushAtExit(sending);
    await sending.clock.advance(4_999);
    expect(end).toEqual({});
    await sending.clock.advance(1);
    expect(end).toEqual({ timedOut: true });
    expect(sending.sender.unreachable).toBeUndefined();
  });

  it('waits for the request in flight, and ends when that cannot connect either', async () => {
    let fail = (_result: SendResult): void => {};
    let requests = 0;
    const sending = startSender(() =>
      ++requests < 3
        ? refused
        : new Promise<SendResult>((resolve) => {
            fail = resolve;
          }),
    );
    const end = flushAtExit(sending);
    await sending.clock.advance(2_000);
    expect(end).toEqual({});
    fail(refused);
    await sending.clock.settle();
    expect(end).toEqual({ timedOut: true });
  });
});
