import { expect, it, vi } from 'vitest';
import { timeOf } from './time.js';

it('a time that is not given costs no exception', () => {
  const getTime = vi.spyOn(Date.prototype, 'getTime');
  expect(timeOf(undefined)).toBeUndefined();
  expect(getTime).not.toHaveBeenCalled();
  getTime.mockRestore();
});
