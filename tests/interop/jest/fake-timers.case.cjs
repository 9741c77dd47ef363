/* global jest, test, expect, afterEach */
const { register } = require('@powerrag/exporter');
const { observe } = require('@powerrag/tracing');

const registration = register();
const call = observe(async () => 1, { name: 'call' });
const stats = () => registration.processor.stats();

afterEach(() => jest.useRealTimers());

test.each([{}, { legacyFakeTimers: true }, { doNotFake: ['Date'] }])(
  'sends while time is faked: %j',
  async (config) => {
    jest.useFakeTimers(config);
    await call();
    await registration.forceFlush();
    expect(stats().pending).toBe(0);
  },
);

test('keeps working with real timers', async () => {
  await call();
  await registration.forceFlush();
  expect(stats()).toMatchObject({ ended: 4, delivered: 4 });
});

test('shuts down while time is faked', async () => {
  jest.useFakeTimers();
  await call();
  expect(await registration.shutdown()).toEqual({ delivered: 5, spooled: 0, dropped: 0, timedOut: false });
});
