import { describe, expect, it } from 'vitest';
import { parsePythonRepr } from './python-repr.js';

describe('what Python writes of its values', () => {
  it.each([
    [
      `{'a': [1, -2.5, 1e3], 'b': None, "c": (True, False), 4: 'x'}`,
      { a: [1, -2.5, 1000], b: null, c: [true, false], 4: 'x' },
    ],
    [`'it\\'s\\n\\x41\\u00e9 "so"'`, 'it\'s\nAé "so"'],
    [`"it's"`, "it's"],
    ['[]', []],
    [
      `Message(role=<Role.USER: 'user'>, parts=[Text(text='Hi')], n=None)`,
      { $class: 'Message', role: 'user', parts: [{ $class: 'Text', text: 'Hi' }], n: null },
    ],
    ['Empty()', { $class: 'Empty' }],
    [`{'__proto__': 1}`, JSON.parse('{"__proto__":1}')],
  ])('is read: %s', (text, value) => {
    expect(parsePythonRepr(text)).toEqual(value);
  });

  it.each([
    '',
    '[1',
    `{'a': 1`,
    `{'a'}`,
    `'open`,
    'name',
    'Call(1)',
    '<object at 0x7f>',
    '[1] and more',
    `Text(text='cut`,
    '['.repeat(10_000),
  ])('is not guessed where it is something else: %s', (text) => {
    expect(parsePythonRepr(text)).toBeUndefined();
  });
});
