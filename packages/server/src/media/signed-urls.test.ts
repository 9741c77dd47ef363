import { describe, expect, it } from 'vitest';
import { SignedUrls } from './signed-urls.js';

describe('a signed address', () => {
  it('is good for what it was signed for, and for an hour', () => {
    let nowMs = 1_000;
    const urls = new SignedUrls(() => nowMs, new Uint8Array(32));
    const query = new URLSearchParams(urls.sign(['get', 'a']).query);
    const [expires, signature] = [query.get('expires') ?? '', query.get('signature') ?? ''];
    expect(urls.isValid(['get', 'a'], expires, signature)).toBe(true);
    expect(urls.isValid(['put', 'a'], expires, signature)).toBe(false);
    expect(urls.isValid(['get', 'a'], `${expires}0`, signature)).toBe(false);
    nowMs += 3_600_000;
    expect(urls.isValid(['get', 'a'], expires, signature)).toBe(false);
  });
});
