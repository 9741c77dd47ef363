import { describe, expect, it } from 'vitest';
import { toObservationId, toTraceId } from './foreign-id.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

describe('the id of a client that does not speak OpenTelemetry', () => {
  it('stands for itself where it has the form of an OpenTelemetry id', () => {
    expect(toTraceId(TRACE)).toBe(TRACE);
    expect(toObservationId('b7ad6b7169203331')).toBe('b7ad6b7169203331');
  });

  it.each([
    ['order 7'],
    ['0AF7651916CD43DD8448EB211C80319C'],
    ['0af76519-16cd-43dd-8448-eb211c80319c'],
    ['0'.repeat(32)],
  ])('is always given the same id of its own: %s', (id) => {
    expect(toTraceId(id)).toMatch(/^[0-9a-f]{32}$/);
    expect(toTraceId(id)).toBe(toTraceId(id));
    expect(toTraceId(id)).not.toBe(TRACE);
    expect(toObservationId(id)).toMatch(/^[0-9a-f]{16}$/);
  });
});
