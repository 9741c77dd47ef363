import { describe, expect, it } from 'vitest';
import { createLog } from './log.js';

function recorded() {
  const written = { out: '', err: '' };
  const to = (stream: keyof typeof written) => ({
    write: (line: string) => {
      written[stream] += line;
    },
  });
  return { log: createLog(to('out'), to('err')), written };
}

describe('the log', () => {
  it('writes a line to standard output, and an error with its cause to standard error', () => {
    const { log, written } = recorded();
    log.info('started');
    log.error('could not store a batch', new Error('disk is full'));
    expect(written).toEqual({ out: 'started\n', err: 'powerrag: could not store a batch: disk is full\n' });
  });

  it('keeps text from outside on one line, without control characters', () => {
    const { log, written } = recorded();
    log.error(`GET /a\r\npowerrag: forged\u001b[31m\u2028\u202e${'x'.repeat(5000)}`);
    expect(written.err).toContain('/a\\u000d\\u000apowerrag: forged\\u001b[31m\\u2028\\u202e');
    expect(written.err.split('\n')).toHaveLength(2);
    expect(written.err.length).toBeLessThan(2100);
  });
});
