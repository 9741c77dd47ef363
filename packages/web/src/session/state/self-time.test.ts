import { expect, it } from 'vitest';
import { observation, replayDocument } from '../../testing/replay-document.js';
import { selfTime } from './self-time.js';
import { SessionHistory } from './session-history.js';

const root = observation({ id: 'root', startMs: 0, endMs: 100 });
const child = (id: string, startMs: number, endMs: number | null) =>
  observation({ id, startMs, endMs, parentId: 'root' });

it.each([
  ['without children has no time apart from its own', [], null],
  ['is not counted twice where children overlap', [child('a', 10, 40), child('b', 20, 50)], 60],
  ['ends with the parent where a child goes on', [child('a', 90, 300), child('b', 95, null)], 90],
])('the time of its own %s', (_what, children, expected) => {
  expect(selfTime(new SessionHistory(replayDocument([root, ...children])), root)).toBe(expected);
});
