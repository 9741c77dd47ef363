import { describe, expect, it } from 'vitest';
import { createPassageIndex } from './retrieve.js';
import { termsOf } from './terms.js';
import { MANUAL } from './test-passages.js';

describe('termsOf', () => {
  it('meets a word in its other forms', () => {
    expect(termsOf('traces traced tracing')).toEqual(termsOf('trace trace trace'));
    expect(termsOf('setting stopped queries')).toEqual(termsOf('set stop query'));
  });

  it('takes an identifier for itself and for its words', () => {
    expect(termsOf('updateActiveTrace')).toEqual(['updateactivetrac', 'updat', 'activ', 'trac']);
    expect(termsOf('KETTLE_LIMIT')).toEqual(['kettle_limit', 'kettl', 'limit']);
  });

  it('leaves out words that say nothing', () => {
    expect(termsOf('What is it, and how do I do that?')).toEqual([]);
  });
});

describe('a passage index', () => {
  const index = createPassageIndex(MANUAL);

  it('finds the passage that a question is about first', () => {
    expect(index.search('How do I remove scale?', 3)[0]?.passage.id).toBe('docs/kettle.md#descaling');
    expect(index.search('the lamp', 3)[0]?.passage.id).toBe('docs/settings.md#settings');
  });

  it('returns at most as many as requested, best first', () => {
    const found = index.search('kettle water', 2);
    expect(found).toHaveLength(2);
    expect(found[0]?.score).toBeGreaterThanOrEqual(found[1]?.score ?? 0);
  });

  it('finds nothing where no term occurs', () => {
    expect(index.search('zeppelin', 3)).toEqual([]);
    expect(index.search('', 3)).toEqual([]);
  });

  it('takes a term that few passages have for rarer', () => {
    expect(index.rarity('vinegar')).toBeGreaterThan(index.rarity('kettl'));
    expect(index.rarity('kettl')).toBeGreaterThan(0);
  });
});
