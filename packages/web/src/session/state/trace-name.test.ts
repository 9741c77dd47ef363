import { describe, expect, it } from 'vitest';
import { traceName } from './trace-name.js';

describe('what a trace is called', () => {
  it.each([
    ['its name', { name: 'answer', lanes: [{ service: 'api', lane: 0 }] }, 'answer'],
    [
      'the service where it began, while nothing has told the name',
      { name: null, lanes: [{ service: 'api', lane: 0 }] },
      'api: running…',
    ],
    ['running, where no service is known either', { name: null, lanes: [{ service: null, lane: 0 }] }, 'running…'],
  ])('is %s', (_what, trace, expected) => expect(traceName(trace)).toBe(expected));
});
