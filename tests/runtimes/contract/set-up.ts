import { observe, startActiveObservation, startObservation, updateActiveTrace } from '@powerrag/tracing';
import type { Checks } from './contract.js';
import { same, tree } from './recorded.js';

const hasEnvironment = Reflect.get(globalThis, 'process')?.env !== undefined;

export const setUp: Checks = {
  'without a provider everything runs, nothing is recorded, and one hint says so where a program has an environment': {
    without: 'provider',
    async run(recorded) {
      const observation = startObservation('none', { input: 1 });
      observation.update({ output: 2 }).updateTrace({ sessionId: 's' }).end();
      updateActiveTrace({ sessionId: 's' });
      same(observation.traceId, '0'.repeat(32));
      same(await observe(async (n: number) => n + 1)(1), 2);
      same(
        [
          ...observe(function* () {
            yield 1;
          })(),
        ],
        [1],
      );
      same(
        startActiveObservation('none', () => 'result'),
        'result',
      );
      same(recorded.spans.length, 0);
      same(
        recorded.warnings.map((warning) =>
          /nothing records observations: no tracer provider is registered/.test(warning),
        ),
        hasEnvironment ? [true] : [],
      );
    },
  },
  'without a context manager everything runs, and one warning tells you how to fix it': {
    without: 'context manager',
    run(recorded) {
      same(
        startActiveObservation('a', () => startActiveObservation('b', () => observe(() => 1, { name: 'c' })())),
        1,
      );
      same(tree(recorded), ['a', 'b', 'c']);
      same(recorded.warnings.length, 1);
      same(recorded.warnings[0]?.includes('setGlobalContextManager'), true);
    },
  },
  'with provider and context manager nothing is said': {
    needsAsyncContext: true,
    run(recorded) {
      startActiveObservation('a', () => updateActiveTrace({ sessionId: 's' }));
      same(recorded.warnings, []);
    },
  },
};
