import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { spanWith } from './testing.js';

describe('the service of an observation', () => {
  it.each([
    ['chat-api', 'chat-api'],
    ['unknown_service', null],
    ['unknown_service:node', null],
    ['an unknown_service', 'an unknown_service'],
  ])('named %s by its resource is shown as %s', (name, shown) => {
    expect(normalise(spanWith({}, { resource: new Map([['service.name', name]]) })).service).toBe(shown);
  });

  it('is null where the resource does not say', () => {
    expect(normalise(spanWith({})).service).toBeNull();
  });
});
