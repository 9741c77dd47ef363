/* global test, expect, afterAll */
import '@powerrag/exporter/register';
import { register } from '@powerrag/exporter';
import { observe } from '@powerrag/tracing';

afterAll(() => register().forceFlush());

test('an ES module observes', async () => {
  expect(await observe(async () => 1, { name: 'flushed' })()).toBe(1);
});
