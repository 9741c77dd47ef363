import { describe, expect, it } from 'vitest';
import { Ages } from './ages.js';

describe('the ages of what waits on disk', () => {
  it('are exact for some hundreds', () => {
    const ages = new Ages();
    for (let index = 0; index < 500; index++) ages.note(index * 3, index * 10);
    expect([0, 3, 600, 1_497].map((order) => ages.at(order))).toEqual([0, 10, 2_000, 4_990]);
  });

  it('are never told older than they are, and hardly younger, of however many', () => {
    const ages = new Ages();
    const count = 300_000;
    for (let order = 0; order < count; order++) ages.note(order, order);
    for (let order = 0; order < count; order += 97) {
      expect(ages.at(order)).toBeGreaterThanOrEqual(order);
      expect(ages.at(order)).toBeLessThanOrEqual(order + count / 250);
    }
  });

  it('are exact again once the many have gone', () => {
    const ages = new Ages();
    for (let order = 0; order < 10_000; order++) ages.note(order, order);
    ages.forgetBefore(10_000);
    for (let order = 10_000; order < 10_100; order++) ages.note(order, order);
    expect(ages.at(10_050)).toBe(10_050);
  });
});
