import { describe, expect, it } from 'vitest';
import { parseViews, toggleDefault, withView } from './saved-views.js';

describe('saved views', () => {
  const views = withView(withView([], 'Errors', 'hasErrors=true'), ' Ann ', 'userId=ann');
  it('keep their names and lists', () => {
    expect(views.map(({ name, query }) => [name, query])).toEqual([
      ['Errors', 'hasErrors=true'],
      ['Ann', 'userId=ann'],
    ]);
  });
  it('a name that is taken stands for the new list', () => {
    expect(withView(views, 'Ann', 'userId=anna').map(({ query }) => query)).toEqual(['hasErrors=true', 'userId=anna']);
  });
  it('have one default at most', () => {
    const first = toggleDefault(views, 'Errors');
    expect(toggleDefault(first, 'Ann').map(({ isDefault }) => isDefault)).toEqual([false, true]);
    expect(toggleDefault(first, 'Errors').some(({ isDefault }) => isDefault)).toBe(false);
  });
  it.each([null, '', 'nonsense', '{}', '[1,null,{"name":3}]'])('that cannot be read are none: %s', (text) => {
    expect(parseViews(text)).toEqual([]);
  });
});
