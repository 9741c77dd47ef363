import { describe, expect, it } from 'vitest';
import { shortcutFor } from './shortcuts.js';

const press = (key: string, held: Partial<Record<'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) =>
  shortcutFor({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('shortcutFor', () => {
  it('space plays or pauses', () => expect(press(' ')).toEqual({ do: 'toggle' }));
  it.each([
    ['j', -1],
    ['L', 1],
  ] as const)('%s jumps as in a player', (key, direction) => expect(press(key)).toEqual({ do: 'jump', direction }));
  it('arrows go by step, with shift by turn', () => {
    expect(press('ArrowRight')).toEqual({ do: 'step', kind: 'step', direction: 1 });
    expect(press('ArrowLeft', { shiftKey: true })).toEqual({ do: 'step', kind: 'turn', direction: -1 });
  });
  it('digits go to tenths', () => expect(press('7')).toEqual({ do: 'tenth', tenth: 7 }));
  it('angle brackets change the speed', () =>
    expect(press('>', { shiftKey: true })).toEqual({ do: 'speed', direction: 1 }));
  it.each(['ctrlKey', 'metaKey', 'altKey'] as const)('keys with %s belong to the browser', (held) =>
    expect(press('ArrowRight', { [held]: true })).toBeNull(),
  );
  it.each(['x', 'Tab', 'F5', 'toString', '__proto__'])('%s means nothing', (key) => expect(press(key)).toBeNull());
});
