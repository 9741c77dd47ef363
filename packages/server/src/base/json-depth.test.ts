import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endOfString, isTooDeep } from './json-depth.js';

const text = fc
  .array(fc.constantFrom('"', '\\', '[', '{', ']', 'a', 'é'), { maxLength: 12 })
  .map((all) => all.join(''));

it('a string of JSON ends at its quote, whatever quotes and backslashes it holds', () => {
  fc.assert(
    fc.property(text, text, (before, said) => {
      const string = JSON.stringify(said);
      const json = `${JSON.stringify(before)},${string},"more"`;
      const start = json.length - string.length - ',"more"'.length;
      expect(endOfString(json, start)).toBe(start + string.length - 1);
    }),
  );
  expect(endOfString('"never \\"', 0)).toBe('"never \\"'.length);
});

it('brackets count for the depth of JSON, and those within its strings do not', () => {
  const nested = (depth: number, inside: string) => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;
  fc.assert(
    fc.property(text, (said) => {
      const inside = JSON.stringify(said + '[{'.repeat(200));
      expect(isTooDeep(nested(200, inside))).toBe(false);
      expect(isTooDeep(nested(200, `${inside},[]`))).toBe(true);
    }),
  );
});
