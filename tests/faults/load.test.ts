import { describe, expect, it } from 'vitest';
import { allStored } from '../support/loss.js';
import { run } from './in-test.js';
import { sentence } from './rows.js';
import { loadScenarios } from './scenarios/load.js';

describe('an unusual load', () => {
  it(sentence('E21'), async () => {
    const { account } = await run(loadScenarios.burst);
    expect(account).toEqual(allStored(20_000));
  });

  it(sentence('E22'), async () => {
    const { account, figures } = await run(loadScenarios.hugeSpans);
    expect(account).toEqual(allStored(100));
    expect(figures).toMatchObject({ 'counted as truncated': 100, 'marked as cut': 100, 'requests answered 413': 0 });
  });
});
