import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { runToEnd } from '../support/child-process.js';

const program = join(import.meta.dirname, 'programs', 'beside-sentry.mjs');
const UNSAMPLED = /\[powerrag\] an observation is not recorded, because its parent span is not sampled/g;

/** What is recorded of the application, where it is said to be, and how often the log says that something is not. */
async function run(plan: string, rate: string, env: Record<string, string> = {}) {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const { stdout, stderr } = await runToEnd(process.execPath, [program], {
    env: { POWERRAG_BASE_URL: sink.url, PLAN: plan, RATE: rate, ...env },
  });
  const { unsampled }: { unsampled: number } = JSON.parse(stdout);
  const observations = sink.spans.filter(({ name }) => name === 'answer');
  return {
    recorded: observations.map(({ attributes }) => attributes['langfuse.observation.input']).sort(),
    unsampled,
    told: stderr.match(UNSAMPLED)?.length ?? 0,
  };
}

const RATES = [
  ['none', ''],
  ['1', '1'],
] as const;
const all = { recorded: ['/request', '/unsampled', 'elsewhere'], unsampled: 0, told: 0 };
const none = { recorded: [], unsampled: 3, told: 1 };

describe('an application with Sentry', () => {
  describe.each(['PowerRAG first', 'Sentry without OpenTelemetry', 'a provider of its own'])('(%s)', (plan) => {
    it.each(RATES)('has every observation recorded with a tracesSampleRate of %s', async (_name, rate) => {
      expect(await run(plan, rate)).toEqual(all);
    });
  });

  it.each([
    ['none', ''],
    ['0', '0'],
  ])(
    'and our processor in Sentry’s set-up has nothing recorded with a tracesSampleRate of %s, which is counted and told once',
    async (_name, rate) => {
      expect(await run('processor', rate)).toMatchObject(none);
    },
  );

  it('and our processor in Sentry’s set-up has recorded what Sentry samples; the rest is counted and told', async () => {
    expect(await run('processor', '1')).toEqual({ recorded: ['/request', 'elsewhere'], unsampled: 1, told: 1 });
  });

  it('that was set up first has nothing recorded, which is counted and told once', async () => {
    expect(await run('Sentry first', '')).toEqual(none);
  });
});

it('a caller that does not sample is followed where OTEL_TRACES_SAMPLER asks for it', async () => {
  const env = { OTEL_TRACES_SAMPLER: 'parentbased_always_on' };
  const { told, unsampled } = await run('PowerRAG first', '', env);
  expect({ told, isCounted: unsampled > 0 }).toEqual({ told: 1, isCounted: true });
});
