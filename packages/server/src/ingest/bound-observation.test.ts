import { describe, expect, it } from 'vitest';
import { Rejections } from '../otlp/collector.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { anObservation } from '../store/testing.js';
import { boundObservation } from './bound-observation.js';

function bound(say: Parameters<typeof anObservation>[0]) {
  const rejected = new Rejections();
  const observation = boundObservation(anObservation(say), DEFAULT_LIMITS, rejected);
  return { observation, message: rejected.message, count: rejected.count };
}

const many = <T>(count: number, value: (i: number) => T) => Array.from({ length: count }, (_, i) => value(i));

describe('an observation over a limit', () => {
  it('is unchanged below the limits', () => {
    const say = {
      usage: { input: 1, total: 1 },
      cost: { total: 1 },
      statusMessage: 's',
      prompt: { name: 'p', version: 1 },
      trace: { sessionId: 'x'.repeat(1_024), tags: ['a'], metadata: { a: 1 } },
      body: { metadata: { k: 'v' } },
    };
    expect(bound(say)).toEqual({ observation: anObservation(say), message: '', count: 0 });
  });

  it.each(['sessionId', 'userId', 'name', 'release', 'version', 'environment'] as const)(
    'cuts the %s of its trace to 1,024 characters: equal values stay equal, different ones different',
    (field) => {
      const long = 'é'.repeat(100_000);
      const [one, again, other] = [long, long, `${long}!`].map(
        (value) => bound({ trace: { [field]: value } }).observation.trace[field],
      );
      expect(one).toHaveLength(1_024);
      expect(again).toBe(one);
      expect(other).not.toBe(one);
      expect(bound({ trace: { [field]: long } }).message).toMatch(
        /1 [a-z ]+ \(1024 characters are kept, with a hash of all; send shorter ones\)/,
      );
    },
  );

  it('cuts all names, the prompt and the status message', () => {
    const long = 'n'.repeat(100_000);
    const names = {
      name: long,
      service: long,
      scope: long,
      environment: long,
      version: long,
      model: long,
      provider: long,
    };
    const { observation } = bound({ ...names, statusMessage: long, prompt: { name: long, version: null } });
    for (const name of Object.keys(names)) expect(Reflect.get(observation, name)).toHaveLength(1_024);
    expect(observation.prompt?.name).toHaveLength(1_024);
    expect(observation.statusMessage).toHaveLength(32_768);
    expect(observation.statusMessage).toMatch(/… \[cut from 100000 characters\]$/);
  });

  it('keeps the first 128 tags', () => {
    const { observation, message } = bound({ trace: { tags: many(200, (i) => `t${i}`) } });
    expect(observation.trace.tags).toHaveLength(128);
    expect(message).toMatch(/72 tags \(the first 128 of a span are kept; send fewer\)/);
  });

  it('keeps the first 1,000 keys of metadata and of model parameters, and notes how many were left out', () => {
    const keys = Object.fromEntries(many(1_500, (i) => [`k${i}`, i]));
    const { observation, message } = bound({
      body: { metadata: keys },
      trace: { metadata: keys },
      modelParameters: keys,
    });
    expect(observation.body.metadata).toMatchObject({ k999: 999, '[cut]': '500 more metadata keys' });
    expect(observation.trace.metadata).toMatchObject({ k999: 999, '[cut]': '500 more trace metadata keys' });
    expect(Object.keys(observation.modelParameters)).toHaveLength(1_001);
    expect(message).toMatch(/500 metadata keys \(the first 1000 are kept; send fewer\)/);
  });

  it('keeps 100 names of token counts, and adds up the others so that sums do not change', () => {
    const usage = {
      ...Object.fromEntries(many(99, (i) => [`input_${i}`, 1])),
      ...Object.fromEntries(many(500, (i) => [`output_${i}`, 2])),
      mine: 3,
      total: 1_102,
    };
    const { observation, message } = bound({ usage });
    const names = Object.entries(observation.usage);
    const sum = (part: string) => names.reduce((all, [name, count]) => (name.startsWith(part) ? all + count : all), 0);
    expect([sum('input'), sum('output'), sum('other'), sum('total')]).toEqual([99, 1_000, 3, 1_102]);
    expect(names.length).toBeLessThan(105);
    expect(message).toMatch(/500 usage names \(the first 100 are kept and the rest is added up; send fewer\)/);
  });
});
