import fc from 'fast-check';
import { expect, it } from 'vitest';
import { versionLength, versionText } from './order.js';
import { anObservation } from './testing.js';

it('the length of the text of a version is known without the text', () => {
  const body = fc.record({
    input: fc.option(fc.string({ unit: 'binary' })),
    output: fc.option(fc.json()),
    metadata: fc.constant({ key: 'a "value"' }),
    events: fc.constant([{ name: 'event', timeMs: 1, attributes: { key: 'value' } }]),
  });
  fc.assert(
    fc.property(body, (some) => {
      const version = anObservation({ body: some });
      expect(versionLength(version)).toBe(versionText(version).length);
    }),
  );
});
