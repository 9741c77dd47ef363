import { describe, expect, it } from 'vitest';
import { createLog, type TextLogOptions } from './log.js';

function recorded(options: TextLogOptions = {}) {
  const written = { out: '', err: '' };
  const to = (stream: keyof typeof written) => ({
    write: (line: string) => {
      written[stream] += line;
    },
  });
  return { log: createLog(to('out'), to('err'), options), written };
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

  it('has only errors, or each request as well, as its level says', () => {
    const errors = recorded({ level: 'error' });
    errors.log.info('started');
    errors.log.error('failed');
    expect(errors.log.debug).toBeUndefined();
    expect(errors.written).toEqual({ out: '', err: 'powerrag: failed\n' });
    const all = recorded({ level: 'debug' });
    all.log.debug?.('GET /health', { status: 200, ms: 3 });
    expect(all.written.out).toBe('GET /health status=200 ms=3\n');
  });

  it('never has a secret', () => {
    const { log, written } = recorded({ secrets: ['sk-secret'] });
    log.info('asked with sk-secret');
    log.error('failed', new Error('sk-secret is wrong'));
    expect(written).toEqual({
      out: 'asked with [redacted]\n',
      err: 'powerrag: failed: [redacted] is wrong\n',
    });
  });
});
