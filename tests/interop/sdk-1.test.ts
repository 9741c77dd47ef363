import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { runToEnd } from '../support/child-process.js';

it('a provider of OpenTelemetry’s SDK 1 has its spans sent, with their parents, scopes and session', async () => {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const program = join(import.meta.dirname, 'programs', 'sdk-1.mjs');
  const { stdout, stderr } = await runToEnd(process.execPath, [program], { env: { POWERRAG_BASE_URL: sink.url } });
  expect({ stdout, stderr }).toEqual({ stdout: '0', stderr: '' });
  expect(sink.spans.map(({ name }) => name)).toEqual(['search', 'answer', 'search', 'answer']);
  const [search, answer, , called] = sink.spans;
  expect(search?.parentSpanId).toBe(answer?.spanId);
  expect(called).toMatchObject({ traceId: '1'.repeat(32), parentSpanId: '2'.repeat(16) });
  for (const { attributes } of sink.spans) expect(attributes['session.id']).toBe('of SDK 1');
});
