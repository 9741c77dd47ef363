import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { sdk3 } from './tests/sdk-3/sdk-3.js';

/** `expect.poll` waits for what other processes do: against a hang only. Its default is one second, which a busy machine exceeds. */
const poll = { poll: { timeout: 20_000 } };

/** One project for each kind of test. `npm test` runs unit and e2e; the others have a command of their own. */
export default defineConfig({
  test: {
    // Many tests wait for processes of their own, so that one file at a time leaves a small machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          expect: poll,
          // Against a hang only: property tests take long on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: './tsconfig.types.json' },
        },
      },
      {
        test: {
          name: 'e2e',
          expect: poll,
          include: ['tests/{e2e,interop,faults}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'python',
          expect: poll,
          include: ['tests/python/**/*.test.ts'],
          globalSetup: ['tests/python/python.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'clickhouse',
          expect: poll,
          include: ['tests/clickhouse/**/*.test.ts'],
          globalSetup: ['tests/clickhouse/engine.ts'],
          // The engine answers a query in some milliseconds, and a property test asks tens of thousands.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'nextjs',
          expect: poll,
          include: ['tests/nextjs/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'integrations',
          expect: poll,
          include: ['tests/integrations/**/*.test.ts'],
          globalSetup: ['tests/integrations/installed.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'runtimes',
          expect: poll,
          include: ['tests/runtimes/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        plugins: [sdk3()],
        test: {
          name: 'sdk-3',
          expect: poll,
          include: ['packages/{tracing,exporter}/src/**/*.test.ts', 'tests/sdk-3/**/*.test.ts'],
          // These meet no span of the application's SDK.
          exclude: [
            'packages/tracing/src/{bundle,snapshot}.test.ts',
            'packages/exporter/src/exit.test.ts',
            'packages/exporter/src/{sender,spool,transport}/**',
          ],
          server: { deps: { inline: [/@opentelemetry/] } },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
