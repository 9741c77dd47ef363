import { describe, expect, it } from 'vitest';
import { keyLabel, keyName } from './command.js';
import { matching } from './palette.js';

const held = { ctrlKey: false, metaKey: false, altKey: false };
const command = (says: string, isNamed = true) => ({ says, keys: [], run: () => {}, isNamed });

describe('a key', () => {
  it('has one name with Ctrl and with Command', () => {
    expect(keyName({ ...held, key: 'k', ctrlKey: true })).toBe('Mod+k');
    expect(keyName({ ...held, key: 'K', metaKey: true })).toBe('Mod+k');
  });
  it('with Alt belongs to the browser', () => expect(keyName({ ...held, key: '/', altKey: true })).toBeNull());
  it('is written as on the keyboard', () => {
    expect(['Mod+k', 'ArrowUp', '/', 'S', 's'].map(keyLabel)).toEqual(['Ctrl K', '↑', '/', 'Shift S', 's']);
  });
});

describe('the palette', () => {
  const commands = [command('Go to the overview'), command('Go to the sessions'), command('Next row', false)];
  const says = (text: string) => matching(commands, text).map((each) => each.says);
  it('offers all that has a name', () => expect(says('')).toEqual(['Go to the overview', 'Go to the sessions']));
  it('finds by words in any order, and offers to search the sessions', () => {
    expect(says('SESS go')).toEqual(['Go to the sessions', 'Search all sessions for “SESS go”']);
  });
});
