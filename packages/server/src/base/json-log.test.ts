import { describe, expect, it } from 'vitest';
import { createJsonLog } from './json-log.js';
import type { LogLevel } from './log.js';

function recorded(level: LogLevel, secrets: readonly string[] = []) {
  const lines: string[] = [];
  const log = createJsonLog({ write: (line) => lines.push(line) }, { level, secrets });
  return { log, lines, entries: () => lines.map((line) => JSON.parse(line)) };
}

describe('the log as JSON', () => {
  it('has a line for each entry, with level, time, message and the error', () => {
    const { log, lines, entries } = recorded('info');
    log.info('started\nwell');
    log.error('could not store a batch', new RangeError('disk is full'));
    log.error('it failed', 'a text');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(lines.every((line) => /^[^\n]+\n$/.test(line))).toBe(true);
    expect(entries()).toEqual([
      { level: 'info', time, name: 'powerrag', msg: 'started\nwell' },
      {
        ...{ level: 'error', time, name: 'powerrag', msg: 'could not store a batch' },
        err: { type: 'RangeError', message: 'disk is full', stack: expect.stringContaining('RangeError') },
      },
      expect.objectContaining({ msg: 'it failed', err: expect.objectContaining({ message: 'a text' }) }),
    ]);
  });

  it.each([
    ['error', ['error']],
    ['info', ['error', 'info']],
    ['debug', ['error', 'info', 'debug']],
  ] as const)('has at level %s the levels %j', (level, levels) => {
    const { log, entries } = recorded(level);
    log.error('a');
    log.info('b');
    log.debug?.('c', { status: 200 });
    expect(entries().map((entry) => entry.level)).toEqual(levels);
    if (level === 'debug') expect(entries()[2]).toMatchObject({ msg: 'c', status: 200 });
  });

  it('never has a secret, however JSON writes it', () => {
    const { log, lines } = recorded('debug', ['geheim"1', 'sk-lf-2']);
    log.error('cannot reach http://u:geheim"1@host', new Error('sk-lf-2 and geheim"1'));
    log.debug?.('GET /x', { key: 'sk-lf-2' });
    expect(lines.join('')).not.toMatch(/geheim|sk-lf-2/);
    expect(lines.join('')).toContain('[redacted]');
  });
});
