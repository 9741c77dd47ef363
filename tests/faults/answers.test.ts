import { describe, expect, it } from 'vitest';
import { allStored } from '../support/loss.js';
import { run } from './in-test.js';
import { sentence } from './rows.js';
import { answerScenarios } from './scenarios/answers.js';

describe("the server's answer", () => {
  it(sentence('E23'), async () => {
    const { account, figures } = await run(answerScenarios.told);
    expect(account).toEqual(allStored(1_500));
    expect(figures['requests refused']).toBeGreaterThan(0);
    expect(figures['requests in the pause']).toBe(0);
  });

  it(sentence('E25'), async () => {
    const { account, figures } = await run(answerScenarios.busy);
    expect(account).toEqual(allStored(300));
    expect(figures['requests refused']).toBeGreaterThan(0);
  });

  it.each([
    [400, answerScenarios.badRequest],
    [404, answerScenarios.notFound],
    [500, answerScenarios.serverError],
  ])(`${sentence('E26')} (%i is not tried again)`, async (_status, scenario) => {
    const { account, figures } = await run(scenario);
    expect(account).toEqual({ ...allStored(100), stored: 0, dropped: { refused: 100 } });
    expect(figures).toEqual({ requests: 1, 'lines in the log': 1 });
  });

  it.each([
    [401, answerScenarios.unauthorized],
    [403, answerScenarios.forbidden],
  ])(`${sentence('E26')} (%i keeps the spans, and is told once)`, async (_status, scenario) => {
    const { account, figures } = await run(scenario);
    expect(account).toEqual(allStored(100));
    expect(figures).toEqual({ 'requests refused': 3, 'lines in the log': 1 });
  });

  it(`${sentence('E26')} (413 drops only the span that is too large)`, async () => {
    const { account, figures } = await run(answerScenarios.tooLarge);
    expect(account).toEqual({ ...allStored(100), stored: 99, dropped: { span_too_large: 1 } });
    // 100, 50, 25, 13, 7, 4, 2, 1: half of what was refused is sent again.
    expect(figures['requests too large']).toBeLessThanOrEqual(8);
  });

  it.each([
    ['JSON', answerScenarios.partialInJson],
    ['protobuf', answerScenarios.partialInProtobuf],
  ])(`${sentence('E27')} (%s)`, async (_encoding, scenario) => {
    const { account, figures } = await run(scenario);
    expect(account).toEqual({ ...allStored(100), stored: 97, dropped: { rejected: 3 } });
    expect(figures).toEqual({ requests: 1, 'lines in the log': 1 });
  });

  it.each([
    ['drips', answerScenarios.dripping],
    ['breaks off', answerScenarios.breaksOff],
    ['never ends', answerScenarios.neverEnds],
    ['inflates', answerScenarios.inflates],
  ])(`${sentence('E29')} (it %s)`, async (_kind, scenario) => {
    const { account, figures } = await run(scenario);
    expect(account).toEqual(allStored(100));
    expect(figures['lines in the log']).toBe(0);
    // What the two ends buffer between them: of an endless answer, little more is read.
    expect(figures['bytes sent by the server'] ?? 0).toBeLessThan(16 * 2 ** 20);
    expect(figures['memory growth, MB'] ?? 0).toBeLessThan(40);
  });
});
