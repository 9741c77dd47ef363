import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, Gate } from './gate.js';

describe('the pause after a failure', () => {
  it('is between 0 and 0.5 s · 2^n, and at most 30 s', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, chance) => {
          const wait = backoffMs(failures, () => chance);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(Math.min(30_000, 500 * 2 ** failures));
        },
      ),
    );
    expect([0, 1, 2, 5, 6, 20].map((failures) => backoffMs(failures, () => 0.5))).toEqual([
      250, 500, 1_000, 8_000, 15_000, 15_000,
    ]);
  });
});

describe('the gate', () => {
  const gate = (): Gate => new Gate({ random: () => 0.5 });

  it('lets many requests through while the server answers', () => {
    const closed = gate();
    closed.sending();
    closed.answered();
    expect(closed.allowance(0, 4)).toBe(4);
  });

  it('lets one request through before it knows the server', () => {
    const unknown = gate();
    expect(unknown.allowance(0, 4)).toBe(1);
    unknown.sending();
    expect(unknown.allowance(0, 4)).toBe(0);
  });

  it('lets nothing through while backing off, then one request to probe with', () => {
    const failing = gate();
    failing.failed(0, undefined, false);
    expect(failing.allowance(249, 4)).toBe(0);
    expect(failing.allowance(250, 4)).toBe(1);
    failing.sending();
    expect(failing.allowance(250, 4)).toBe(0);
    failing.failed(250, undefined, false);
    expect(failing.waitMs(250)).toBe(500);
    failing.answered();
    expect(failing.allowance(250, 4)).toBe(4);
  });

  it('counts requests that fail together as one failure', () => {
    const failing = gate();
    for (let request = 0; request < 4; request++) failing.failed(0, undefined, false);
    failing.sending();
    failing.failed(250, undefined, false);
    expect(failing.waitMs(250)).toBe(500);
  });

  it('waits at least for Retry-After, plus jitter, even after failures and flushes', () => {
    const throttled = gate();
    throttled.failed(0, 20_000, false);
    throttled.failed(10, undefined, true);
    throttled.failed(20, 1_000, true);
    throttled.hurry(30);
    expect(throttled.allowance(20_999, 4)).toBe(0);
    expect(throttled.allowance(21_000, 4)).toBe(1);
  });

  it('keeps the pause that the server asked for when a request in flight succeeds', () => {
    const throttled = gate();
    throttled.failed(0, 20_000, false);
    throttled.answered();
    expect(throttled.allowance(20_999, 4)).toBe(0);
    throttled.sending();
    throttled.answered();
    expect(throttled.allowance(21_000, 4)).toBe(4);
  });

  it('lets another request probe when the first could not be sent', () => {
    const failing = gate();
    failing.failed(0, undefined, false);
    failing.sending();
    failing.notSent();
    expect(failing.allowance(250, 4)).toBe(1);
  });

  it('waits a minute between probes with keys that the server does not accept', () => {
    const refused = gate();
    refused.unauthorized(0);
    expect(refused.allowance(59_999, 4)).toBe(0);
    expect(refused.allowance(60_000, 4)).toBe(1);
  });

  it('probes at once during a flush', () => {
    const failing = gate();
    failing.failed(0, undefined, false);
    failing.hurry(10);
    expect(failing.allowance(10, 4)).toBe(1);
  });
});
