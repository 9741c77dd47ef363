import '@powerrag/exporter/register';
import { register } from '@powerrag/exporter';
import { observe } from '@powerrag/tracing';
import { afterAll, afterEach, expect, test, vi } from 'vitest';

const registration = register();
const call = observe(async () => 1, { name: 'call' });

afterEach(() => vi.useRealTimers());
afterAll(() => registration.forceFlush());

test.each([undefined, { toFake: ['setTimeout'] }, { toFake: ['Date', 'queueMicrotask'] }])(
  'sends while time is faked: %j',
  async (config) => {
    vi.useFakeTimers(config);
    await call();
    await registration.forceFlush();
    expect(registration.processor.stats().pending).toBe(0);
  },
);

test('keeps working with real timers', async () => {
  await call();
  await registration.forceFlush();
  expect(registration.processor.stats().pending).toBe(0);
});
