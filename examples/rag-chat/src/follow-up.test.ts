import { describe, expect, it } from 'vitest';
import { searchQuery } from './follow-up.js';

describe('searchQuery', () => {
  it('also searches for the previous question if one depends on it', () => {
    expect(searchQuery('And does it work in Python?', ['How do I set a session id?'])).toContain('session id');
  });

  it('leaves a question unchanged that is complete, or that is the first', () => {
    expect(searchQuery('How are spans queued?', ['How do I set a session id?'])).toBe('How are spans queued?');
    expect(searchQuery('Does it work?', [])).toBe('Does it work?');
  });
});
