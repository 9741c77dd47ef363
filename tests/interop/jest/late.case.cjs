/* global test */
require('@powerrag/exporter/register');
const { observe } = require('@powerrag/tracing');
const { setTimeout: wait } = require('node:timers/promises');

test('does not wait for what it has started', () => {
  const step = observe(async () => {}, { name: 'late step' });
  void observe(
    async () => {
      await wait(300);
      await step();
    },
    { name: 'late' },
  )();
});
