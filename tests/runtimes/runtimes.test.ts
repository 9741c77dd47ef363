import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../e2e/example-programs.js';
import { bundle } from './bundle.js';
import { type CheckResult, contract } from './contract/contract.js';
import { RUNTIMES } from './runtimes.js';

const CHECKS = Object.keys(contract);
const NEED_ASYNC_CONTEXT = CHECKS.filter((name) => contract[name]?.needsAsyncContext);

const whole = RUNTIMES.flatMap((runtime) =>
  runtime.withoutAsyncContext === undefined ? [[runtime.name, runtime] as const] : [],
);
const partial = RUNTIMES.flatMap((runtime) =>
  runtime.withoutAsyncContext === undefined ? [] : [[runtime.name, runtime.withoutAsyncContext, runtime] as const],
);

/** What failed, with its reason. */
function failed(results: readonly CheckResult[]): Record<string, string> {
  return Object.fromEntries(results.filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]));
}

describe('the built @powerrag/tracing', () => {
  it.each(whole)('passes the contract in %s', async (_name, { program, target, run }) => {
    const results = await run(await bundle(program, target));
    expect(results.map(({ name }) => name)).toEqual(CHECKS);
    expect(failed(results)).toEqual({});
  });

  it.each(partial)(
    'passes the contract in %s, except for what needs async context: %s',
    async (_name, _reason, { program, target, globalName, run }) => {
      const results = await run(await bundle(program, target, globalName));
      expect(results.map(({ name }) => name)).toEqual(CHECKS);
      const reasons = NEED_ASYNC_CONTEXT.map((name) => [name, expect.stringContaining('got')]);
      expect(failed(results)).toEqual(Object.fromEntries(reasons));
    },
  );

  it('imports nothing but the OpenTelemetry API', async () => {
    const { importsOfTracing } = await bundle('worker', 'browser');
    expect(importsOfTracing).toEqual(['@opentelemetry/api']);
  });

  it.each(['worker', 'page'])('is bundled with the SDK into a %s that imports nothing', async (program) => {
    const { imports } = await bundle(program, 'browser');
    expect(imports).toEqual([]);
  });
});

describe('docs/runtimes.md', () => {
  it('says of each runtime whether it has async context, and whether the exporter delivers', () => {
    const page = readFileSync(join(PROJECT_FOLDER, 'docs/runtimes.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (.+?) \| (yes|no) \| (yes|no) \|$/gm)].map(([, ...cells]) => cells);
    const says = (reason: string | undefined): string => (reason === undefined ? 'yes' : 'no');
    expect(rows).toEqual(
      RUNTIMES.map(({ name, withoutAsyncContext, withoutExporter }) => [
        name,
        says(withoutAsyncContext),
        says(withoutExporter),
      ]),
    );
  });
});
