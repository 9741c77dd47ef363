import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  createObservationAttributes,
  createTraceAttributes,
  observe,
  propagateAttributes,
  startActiveObservation,
  startObservation,
  updateActiveTrace,
} from '../index.js';
import { ATTRIBUTE_NAMES, HOSTILE } from './hostile-values.js';
import { recordSpans } from './recorded-spans.js';

const spans = recordSpans();
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
afterAll(() => warn.mockRestore());

/** Calls a function of ours as an application without types may. */
const untyped = (fn: (...args: never[]) => unknown, ...args: unknown[]): unknown => Reflect.apply(fn, undefined, args);

describe.each(HOSTILE.map((make, index) => [index, make] as const))('hostile value %i (E37)', (_index, make) => {
  it('as any attribute of anything, and in place of all attributes, causes no exception', () => {
    for (const attributes of [
      ...ATTRIBUTE_NAMES.map((field) => ({ [field]: make(), nested: { [field]: make() } })),
      make(),
    ]) {
      untyped(startObservation, 'direct', attributes);
      untyped(createObservationAttributes, 'generation', attributes);
      untyped(createTraceAttributes, attributes);
      startActiveObservation('active', (active) => {
        untyped(active.update.bind(active), attributes);
        untyped(active.updateTrace.bind(active), attributes);
        untyped(updateActiveTrace, attributes);
        expect(untyped(propagateAttributes, attributes, () => 7)).toBe(7);
      });
    }
    expect(spans.all()).toHaveLength(ATTRIBUTE_NAMES.length + 1);
  });

  it('as argument and result of an observed function comes and goes as it is', () => {
    const value = make();
    let given: unknown;
    const echo = observe(
      (argument: unknown) => {
        given = argument;
        return { argument };
      },
      { name: 'echo' },
    );
    const returned = echo(value);
    expect(Object.is(given, value) && Object.is(returned.argument, value)).toBe(true);
    expect(spans.named('echo').ended).toBe(true);
  });

  it('as the very result of an observed function is given back as it is', () => {
    const value = make();
    const returned = observe(() => value, { name: 'itself' })();
    expect(Object.is(returned, value) || value instanceof Promise).toBe(true);
  });

  it('thrown by an observed function is what the caller catches', () => {
    const value = make();
    let caught: unknown;
    try {
      observe(
        () => {
          throw value;
        },
        { name: 'throwing' },
      )();
    } catch (error) {
      caught = error;
    }
    expect(Object.is(caught, value)).toBe(true);
    expect(spans.named('throwing').ended).toBe(true);
  });
});
