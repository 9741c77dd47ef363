/* global test, expect, afterEach, afterAll */
require('@powerrag/exporter/register');
const { observe } = require('@powerrag/tracing');
const { observeInMemory } = require('@powerrag/tracing/testing');

const inner = observe(async (n) => n + 1, { name: 'inner' });
const outer = observe(async (n) => inner(n), { name: 'outer' });

const observed = observeInMemory();
afterEach(() => observed.clear());
afterAll(() => observed.restore());

test.each([1, 2])('sees what was recorded, of this test only (%d)', async (n) => {
  await outer(n);
  expect(observed.observations).toHaveLength(2);
  expect(observed.named('inner')).toMatchObject({
    input: n,
    output: n + 1,
    parent: { name: 'outer', parent: undefined },
  });
});
