import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareText, versionLength, versionText } from './order.js';
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

it('texts are ordered by their code points, as SQLite does', () => {
  const unit = fc.constantFrom(
    '',
    'a',
    'b',
    'é',
    '\u0000',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '😀',
    '🦜',
    '\ud83d',
    '\ude00',
  );
  const text = fc.array(unit, { maxLength: 4 }).map((units) => units.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const byBytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      if (a !== b) expect(Math.sign(compareText(a, b))).toBe(byBytes);
      else expect(compareText(a, b)).toBe(0);
    }),
    { numRuns: 2_000 },
  );
});
