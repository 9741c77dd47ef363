import { describe, expect, it } from 'vitest';
import { allStored } from '../support/loss.js';
import { run } from './in-test.js';
import { sentence } from './rows.js';
import { endingScenarios } from './scenarios/ending.js';

describe('the end of the process', () => {
  it(sentence('E06'), async () => {
    const { account, exit } = await run(endingScenarios.byItself);
    expect(account).toEqual(allStored(1_000));
    expect(exit).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['SIGTERM', endingScenarios.terminated],
    ['SIGINT', endingScenarios.interrupted],
  ])(`${sentence('E08')} (%s)`, async (signal, scenario) => {
    const { account, exit } = await run(scenario);
    expect(account).toEqual(allStored(1_000));
    expect(exit).toEqual({ code: null, signal });
  });

  it(sentence('E09'), async () => {
    const { account, exit } = await run(endingScenarios.ownHandler);
    expect(exit).toEqual({ code: 7, signal: null });
    expect(account).toEqual(allStored(200));
  });

  it(sentence('E10'), async () => {
    const { account, exit, figures } = await run(endingScenarios.interruptedTwice);
    expect(account).toEqual({ ...allStored(10), stored: 0, dropped: { process_exit: 10 } });
    expect(exit).toEqual({ code: null, signal: 'SIGINT' });
    // The first one alone would end it too, at the deadline of its flush: five seconds later.
    expect(figures['ms from the second SIGINT to the end']).toBeLessThan(4_000);
  });
});
