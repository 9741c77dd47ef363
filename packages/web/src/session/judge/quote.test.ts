import { describe, expect, it } from 'vitest';
import { findQuote, quoteAt } from './quote.js';

const TEXT = 'A refund is paid within 30 days. A return is taken back within 30 days of the order.';

describe('a passage', () => {
  it('is kept without white space at its ends, with what is around it', () => {
    expect(quoteAt('Paid  within 30 days. ', 4, 14)).toEqual({
      ...{ exact: 'within 3', prefix: 'Paid  ', suffix: '0 days. ' },
    });
    expect(quoteAt('a  b', 1, 3)).toBeNull();
  });

  it('is found where it was marked, though the same words stand elsewhere', () => {
    for (const start of [TEXT.indexOf('within'), TEXT.lastIndexOf('within')]) {
      const quote = quoteAt(TEXT, start, start + 'within 30 days'.length);
      expect(quote && findQuote(TEXT, quote)).toEqual({ start, end: start + 14 });
      expect(quote && findQuote(`An earlier sentence. ${TEXT}`, quote)).toMatchObject({ start: start + 21 });
    }
  });

  it('is found in other lines, with any characters in it, and not where it is not', () => {
    const quote = { exact: 'a+b (c)\n[d] $1-2', prefix: '', suffix: '' };
    expect(findQuote('see a+b (c) [d] $1-2!', quote)).toEqual({ start: 4, end: 20 });
    expect(findQuote('see aab', quote)).toBeNull();
    expect(findQuote('see', { exact: '  ', prefix: '', suffix: '' })).toBeNull();
  });
});
