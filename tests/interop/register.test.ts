import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RecordingSink, startRecordingSink } from '../e2e/recording-sink.js';
import { runToEnd } from '../support/child-process.js';

const PROGRAMS = join(import.meta.dirname, 'programs');
const REGISTER = '@powerrag/exporter/register';
const FOREIGN = ['--import', join(PROGRAMS, 'foreign-set-up.mjs')];

/** Runs `node …args application` to its end, with a sink for what it traces. */
async function run(application: string, args: readonly string[], env: Record<string, string> = {}) {
  const sink: RecordingSink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const { code, stdout, stderr } = await runToEnd(process.execPath, [...args, join(PROGRAMS, application)], {
    env: { POWERRAG_BASE_URL: sink.url, ...env },
    cwd: import.meta.dirname,
  });
  return { code, stdout, stderr, spans: sink.spans };
}

const quiet = { code: 0, stdout: '', stderr: '' };

describe('node with @powerrag/exporter/register', () => {
  it.each([
    ['--import', 'application.mjs'],
    ['--import', 'application.cjs'],
    ['--require', 'application.cjs'],
    ['--require', 'application.mjs'],
  ])('%s traces %s, which knows nothing of it, and sends all before the end', async (flag, application) => {
    const { spans, ...outcome } = await run(application, [flag, REGISTER]);
    expect(outcome).toEqual(quiet);
    expect(spans.map(({ name }) => name)).toEqual(['answer', 'turn']);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    for (const { attributes } of spans) expect(attributes['session.id']).toBe('set up from outside');
  });

  it('takes the resource from the environment', async () => {
    const env = {
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,service.version=7,deployment.region=eu%20west',
      POWERRAG_ENVIRONMENT: 'staging',
      POWERRAG_RELEASE: 'r7',
    };
    const { spans } = await run('application.mjs', ['--import', REGISTER], env);
    for (const { attributes, resource } of spans) {
      expect(resource).toMatchObject({
        'service.name': 'shop',
        'service.version': '7',
        'deployment.region': 'eu west',
        'telemetry.sdk.language': 'nodejs',
      });
      expect(attributes).toMatchObject({ 'langfuse.environment': 'staging', 'langfuse.release': 'r7' });
    }
    expect(spans).toHaveLength(2);
  });

  it.each([
    ['OTEL_TRACES_SAMPLER', 'always_off'],
    ['OTEL_SDK_DISABLED', 'true'],
  ])('records nothing with %s=%s, and the application runs as ever', async (name, value) => {
    const { spans, ...outcome } = await run('application.mjs', ['--import', REGISTER], { [name]: value });
    expect({ spans, ...outcome }).toEqual({ ...quiet, spans: [] });
  });

  it('says what to do if another tracer provider is registered', async () => {
    const { code, stderr } = await run('application.mjs', [...FOREIGN, '--import', REGISTER], { FOREIGN: 'provider' });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^\[powerrag] another OpenTelemetry tracer provider .* add `new PowerRAGSpanProcessor\(\)`.*\n$/,
    );
  });

  it('keeps another context manager, and works with it', async () => {
    const { spans, ...outcome } = await run('application.mjs', [...FOREIGN, '--import', REGISTER], {
      FOREIGN: 'context-manager',
    });
    expect(outcome).toEqual({ ...quiet, stdout: 'theirs was used: true\n' });
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });
});
