/* global test, expect, afterAll */
require('@powerrag/exporter/register');
const { register } = require('@powerrag/exporter');
const { observe } = require('@powerrag/tracing');

afterAll(() => register().forceFlush({ timeoutMs: 2_000 }));

test('takes longer than the exporter waits, and observes', async () => {
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await observe(async () => 1, { name: 'flushed' })()).toBe(1);
});
