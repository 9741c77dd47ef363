import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => vi.useRealTimers());

test('an exporter that is loaded while time is faked sends, and leaves nothing behind', async () => {
  vi.useFakeTimers();
  const { register } = await import('@powerrag/exporter');
  const { observe } = await import('@powerrag/tracing');
  const registration = register();
  await observe(async () => 1, { name: 'call' })();
  await registration.forceFlush();
  vi.useRealTimers();
  await observe(async () => 1, { name: 'call' })();
  await registration.forceFlush();
  expect(registration.processor.stats().pending).toBe(0);
  await observe(async () => 1, { name: 'left behind' })();
});
