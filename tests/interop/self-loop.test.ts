import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runToEnd } from '../support/child-process.js';
import { freePort } from '../support/port.js';

it('an exporter that sends to an instrumented server of its own process does not trace its own requests (E44)', async () => {
  const port = await freePort();
  const programs = join(import.meta.dirname, 'programs');
  const args = ['--import', join(programs, 'instrumented.mjs'), join(programs, 'self-loop.mjs')];
  const env = { PORT: String(port), POWERRAG_BASE_URL: `http://127.0.0.1:${port}` };
  const { stdout, stderr } = await runToEnd(process.execPath, args, { env });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ ended: 1, paths: ['/api/public/otel/v1/traces'] });
});
