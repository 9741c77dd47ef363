import { describe, expect, it } from 'vitest';
import { searchQuery } from './follow-up.js';

describe('searchQuery', () => {
  it('searches for the question before along with one that leans on it', () => {
    expect(searchQuery('And does it work in Python?', ['How do I set a session id?'])).toContain('session id');
  });

  it('leaves a question alone that stands by itself, or that is the first', () => {
    expect(searchQuery('How are spans queued?', ['How do I set a session id?'])).toBe('How are spans queued?');
    expect(searchQuery('Does it work?', [])).toBe('Does it work?');
  });
});
