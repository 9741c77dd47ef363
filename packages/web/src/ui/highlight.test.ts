import { describe, expect, it } from 'vitest';
import { highlight } from './highlight.js';

describe('highlighted code', () => {
  const code = 'def f(x):\n    return "ok"  # why\n';

  it('has the kinds of its tokens, and every character of the code', () => {
    const runs = highlight(code, 'python') ?? [];
    expect(runs.map(({ text }) => text).join('')).toBe(code);
    expect(runs.filter(({ kind }) => kind !== null).map(({ text, kind }) => `${kind} ${text}`)).toEqual([
      'keyword def',
      'title f',
      'params x',
      'keyword return',
      'string "ok"',
      'comment # why',
    ]);
  });

  it('is known by the short names that models write', () => {
    for (const language of ['js', 'ts', 'tsx', 'py', 'sh', 'yml', 'html', 'rs', 'c++', 'cs']) {
      expect(highlight('x', language), language).not.toBeNull();
    }
  });

  it('is left alone in a language that is not known', () => expect(highlight(code, 'brainstorm')).toBeNull());
});
