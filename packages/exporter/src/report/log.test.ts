import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import { rateLimitedLog } from './log.js';

function setUp() {
  const clock = new FakeClock();
  const lines: string[] = [];
  return { clock, lines, log: rateLimitedLog((line) => lines.push(line), clock) };
}

describe('the log', () => {
  it('contains no credential that a server quotes', () => {
    const { lines, log } = setUp();
    log.warn(`the server answered 400: nobody has sk-lf-${'1'.repeat(36)}, said Basic ${'c2VjcmV0'.repeat(3)}`);
    log.last('no way to https://user:password@example.com');
    expect(lines).toEqual([
      '[powerrag] the server answered 400: nobody has sk-[redacted], said Basic [redacted]',
      '[powerrag] no way to https://[redacted]@example.com',
    ]);
  });

  it('writes a new kind of message at once', async () => {
    const { clock, lines, log } = setUp();
    log.warn('the server answered 503');
    await clock.advance(10_000);
    log.warn('the keys are wrong');
    expect(lines).toEqual(['[powerrag] the server answered 503', '[powerrag] the keys are wrong']);
  });

  it('repeats a kind once a minute, with the latest numbers and the count', async () => {
    const { clock, lines, log } = setUp();
    for (let total = 1; total <= 1_000; total++) log.warn(`${total} spans are dropped`);
    await clock.advance(59_999);
    expect(lines).toEqual(['[powerrag] 1 spans are dropped']);
    await clock.advance(1);
    log.warn('1001 spans are dropped');
    await clock.advance(60_000);
    expect(lines.slice(1)).toEqual([
      '[powerrag] 1000 spans are dropped (the last of 999 such messages)',
      '[powerrag] 1001 spans are dropped',
    ]);
  });

  it('treats answers with different statuses as different kinds', () => {
    const { lines, log } = setUp();
    for (const status of [400, 404, 400, 500]) log.warn(`5 spans refused and dropped: the server answered ${status}`);
    expect(lines.map((line) => line.slice(-3))).toEqual(['400', '404', '500']);
  });

  it('creates a frequent message only when it writes it', async () => {
    const { clock, lines, log } = setUp();
    let made = 0;
    for (let span = 1; span <= 1_000; span++) log.warnOften('dropped', () => `made ${++made} times`);
    await clock.advance(60_000);
    expect(lines).toEqual(['[powerrag] made 1 times', '[powerrag] made 2 times (the last of 999 such messages)']);
  });

  it('is silent when nothing more happens', async () => {
    const { clock, lines, log } = setUp();
    log.warn('once');
    await clock.advance(600_000);
    log.warn('once');
    expect(lines).toHaveLength(2);
  });

  it('never writes more than 21 lines a minute, for any number of kinds', async () => {
    const { clock, lines, log } = setUp();
    const words = 'abcdefghijklmnopqrstuvwxyz'.split('');
    for (const first of words) for (const second of words) log.warn(`${first}${second} failed`);
    expect(lines).toHaveLength(21);
    await clock.advance(60_000);
    expect(lines.at(-1)).toBe('[powerrag] zz failed (the last of 655 such messages)');
    expect(lines).toHaveLength(22);
  });
});
