/* global test, expect */
require('@powerrag/exporter/register');
const { observe } = require('@powerrag/tracing');

test('observes and ends, before anything is sent', async () => {
  expect(await observe(async () => 1, { name: 'left behind' })()).toBe(1);
});
