/* global jest, test, expect */
test('modules that are loaded again share the registration', async () => {
  const first = require('@powerrag/exporter').register();
  await require('@powerrag/tracing').observe(async () => 1, { name: 'first' })();
  jest.resetModules();
  const second = require('@powerrag/exporter').register();
  await require('@powerrag/tracing').observe(async () => 1, { name: 'second' })();
  expect(second).toBe(first);
  await second.forceFlush();
  expect(second.processor.stats()).toMatchObject({ ended: 2, delivered: 2 });
});
