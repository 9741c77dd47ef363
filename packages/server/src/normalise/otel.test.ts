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

describe('the reason of a failure', () => {
  const failed = (attributes: Readonly<Record<string, string>>, message = '') =>
    normalise(spanWith(attributes, { status: { code: 'error', message } })).statusMessage;

  it('is the type of the error where the span says no more', () => {
    expect(failed({ 'error.type': 'BadRequestError' })).toBe('BadRequestError');
    expect(failed({ 'error.type': 'BadRequestError' }, 'The model exploded')).toBe('The model exploded');
    expect(failed({ 'error.type': '_OTHER' })).toBeNull();
    expect(normalise(spanWith({ 'error.type': 'BadRequestError' })).statusMessage).toBeNull();
  });
});
