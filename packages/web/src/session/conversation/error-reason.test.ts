import { describe, expect, it } from 'vitest';
import { shortReason } from './error-reason.js';

describe('the reason of a failure on one line', () => {
  it.each([
    ['its first line', 'Error: 400 The model exploded\n    at call (client.js:1:2)', 'Error: 400 The model exploded'],
    [
      'the error that a traceback of Python is behind',
      'BadRequest("The model exploded")Traceback (most recent call last):\n\n  File "a.py", line 1\n\nBadRequest: exploded',
      'BadRequest("The model exploded")',
    ],
    [
      'the last line of a traceback alone',
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nValueError: The model exploded\n',
      'ValueError: The model exploded',
    ],
    [
      'the last of two tracebacks, which is what was raised',
      'Traceback (most recent call last):\nKeyError: 1\n\nTraceback (most recent call last):\nValueError: Not known',
      'ValueError: Not known',
    ],
    [
      'what a first line announces',
      "RuntimeError: This component failed:\nComponent name: 'llm'\nError: The model exploded",
      "RuntimeError: This component failed: Component name: 'llm' Error: The model exploded",
    ],
    [
      'no stack trace of JavaScript behind an announcement',
      'Error: These are wrong:\n- city\n    at call (file:///app/a.js:1:2)\n    at other (b.js:3:4)',
      'Error: These are wrong: - city',
    ],
    ['an announcement of nothing', 'It failed:', 'It failed:'],
    ['nothing', '\n', ''],
  ])('is %s', (_, reason, short) => {
    expect(shortReason(reason)).toBe(short);
  });
});
