import { describe, expect, it } from 'vitest';
import { responseIdOf } from './response-id.js';

describe('the id of an answer', () => {
  it.each(['gen_ai.response.id', 'ai.response.id', 'llm.response.id', 'gen_ai.response_id'])(
    'is read from %s',
    (key) => {
      expect(responseIdOf({ [key]: 'msg_1' }, null)).toBe('msg_1');
    },
  );

  it('is that of the provider where the AI SDK has one of its own', () => {
    expect(responseIdOf({ 'ai.response.id': 'aitxt-1', 'gen_ai.response.id': 'chatcmpl-1' }, null)).toBe('chatcmpl-1');
  });

  it.each(['chatcmpl-1', 'cmpl-1', 'resp_1', 'msg_1', 'gen-1'])(
    'is read from the answer of an API that is kept whole: %s',
    (id) => {
      expect(responseIdOf({}, `{"id": "${id}", "choices": []}`)).toBe(id);
    },
  );

  it('is not the id in an answer of the model that is JSON itself', () => {
    expect(responseIdOf({}, '{"id": "42", "name": "Ada"}')).toBeNull();
    expect(responseIdOf({}, '{"id": "general", "name": "Ada"}')).toBeNull();
  });

  it.each([
    ['empty', ''],
    ['a number', 5],
    ['longer than any id', 'x'.repeat(1_000)],
  ])('is not a value that is %s', (_, value) => {
    expect(responseIdOf({ 'gen_ai.response.id': value }, null)).toBeNull();
  });
});
