import { describe, expect, it } from 'vitest';
import { allStored } from '../support/loss.js';
import { run } from './in-test.js';
import { sentence } from './rows.js';
import { connectionScenarios } from './scenarios/connection.js';
import { flushScenarios } from './scenarios/flushing.js';

describe('the connection', () => {
  it(sentence('E28'), async () => {
    const { account, figures } = await run(connectionScenarios.hanging);
    expect(account).toEqual({ ...allStored(700), stored: 0, dropped: { shutdown_deadline: 700 } });
    expect(figures['drops that it reported']).toBe(700);
    // Its deadline was 500 ms; a request alone may take 30 seconds.
    expect(figures['ms of shutdown()']).toBeLessThan(10_000);
  });

  it.each([
    ['requests', connectionScenarios.requestsLost],
    ['answers', connectionScenarios.answersLost],
  ])(`${sentence('E30')} (%s are lost)`, async (_kind, scenario) => {
    const { account, figures } = await run(scenario);
    expect(account).toEqual(allStored(1_200));
    expect(figures['connections reset']).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['after they lay idle', connectionScenarios.closingIdle],
    ['just as they are used again', connectionScenarios.closingReused],
  ])(`${sentence('E31')} (%s)`, async (_when, scenario) => {
    const { account, figures } = await run(scenario);
    expect(account).toEqual(allStored(40));
    expect(figures['errors reported']).toBe(0);
    expect(figures['connections closed']).toBeGreaterThan(0);
    expect(figures['open files after']).toBe(figures['open files before']);
  });

  it(`${sentence('E34')} (an unknown host)`, async () => {
    const { account, figures } = await run(connectionScenarios.unknownHost);
    expect(account).toEqual({ ...allStored(100), stored: 0, stillQueued: 100 });
    expect(figures['lines in the log']).toBe(1);
  });

  it(`${sentence('E34')} (a name that is unknown, then unreachable, then there)`, async () => {
    const { account, figures } = await run(connectionScenarios.movingName);
    expect(account).toEqual(allStored(100));
    expect(figures).toEqual({ 'attempts that failed': 2, 'name looked up': 3 });
  });

  it(`${sentence('E34')} (no file descriptor left)`, async () => {
    const { account, figures } = await run(connectionScenarios.noFileLeft);
    expect(account).toEqual(allStored(100));
    expect(figures['requests without a file descriptor']).toBe(0);
    expect(figures['attempts that failed']).toBeGreaterThan(0);
    expect(figures['open files after']).toBe(figures['open files before']);
  });
});

describe('a flush', () => {
  it(sentence('E32'), async () => {
    const { account, figures } = await run(flushScenarios.waiting);
    expect(account).toEqual(allStored(512));
    expect(figures['requests refused']).toBe(1);
  });

  it(sentence('E33'), async () => {
    const { account, figures } = await run(flushScenarios.allAtOnce);
    expect(account).toEqual({ ...allStored(110), stored: 100, dropped: { after_shutdown: 10 } });
    expect(figures).toEqual({
      'stored when the flushes returned': 100,
      requests: 1,
      'different reports of shutdown()': 1,
    });
  });
});
