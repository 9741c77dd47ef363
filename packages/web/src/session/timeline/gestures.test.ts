import { expect, it } from 'vitest';
import { gestureAt, pinch } from './gestures.js';

const head = { ruler: 22, whole: 44 };

it.each([
  ['on the ruler seeks', 10, false, 'seek'],
  ['on a turn is meant for that turn', 30, false, 'turn'],
  ['on the lanes pans', 80, false, 'pan'],
  ['with shift marks a stretch', 80, true, 'range'],
  ['with shift on the ruler marks a stretch too', 10, true, 'range'],
] as const)('a pointer %s', (_what, y, shift, gesture) => expect(gestureAt(y, shift, head)).toBe(gesture));

it('two fingers that part zoom in around the place between them, and pan as they move', () => {
  const before = [
    { x: 100, y: 50 },
    { x: 200, y: 50 },
  ] as const;
  const after = [
    { x: 60, y: 50 },
    { x: 260, y: 50 },
  ] as const;
  expect(pinch(before, after)).toEqual({ factor: 2, x: 160, dx: -10 });
});
