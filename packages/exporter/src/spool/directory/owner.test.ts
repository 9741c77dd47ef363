import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { formatName, type Holder, newOrigin, parseName, stateOf, thisHolder } from './owner.js';

const here = thisHolder();
const endedPid = spawnSync(process.execPath, ['-e', '']).pid;

describe('the name of a journal', () => {
  it('contains its holder and can be parsed back', () => {
    const origin = newOrigin(1_764_000_000_123.7);
    for (const holder of [here, undefined])
      expect(parseName(formatName({ origin, holder }))).toEqual({ origin, holder });
  });

  it('sorts by age', () => {
    const names = [99, 5, 1_764_000_000_000].map(newOrigin);
    expect(names.toSorted()).toEqual([names[1], names[0], names[2]]);
  });

  it.each(['', 'notes.txt', '1764000000123-1-abc.spool', '..', `${newOrigin(1)}@`, `${newOrigin(1)}@free/..`])(
    'is not %j',
    (name) => {
      expect(parseName(name)).toBeUndefined();
    },
  );
});

describe('a holder', () => {
  const cases: [string, Holder, string][] = [
    ['is running: this very thread', here, 'running'],
    ['has ended: no process has its id', { ...here, pid: endedPid }, 'ended'],
    ['has ended: another process has its id now', { ...here, start: '1' }, 'ended'],
    ['may run: a thread ends without its process', { ...here, thread: 7 }, 'unknown'],
    ['may run: it is in another container or on another host', { ...here, space: '0'.repeat(12) }, 'unknown'],
    ['may run: the system does not say since when', { ...here, start: '0' }, 'unknown'],
  ];
  it.each(cases)('%s', (_sentence, holder, state) => {
    expect(stateOf(holder, here)).toBe(state);
  });
});
