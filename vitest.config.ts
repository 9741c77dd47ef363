import { defineConfig } from 'vitest/config';

/** One project for each kind of test. `npm test` runs unit and e2e; the others have a command of their own. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: './tsconfig.types.json' },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/{e2e,interop,faults}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'python',
          include: ['tests/python/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'nextjs',
          include: ['tests/nextjs/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'runtimes',
          include: ['tests/runtimes/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
    ],
  },
});
