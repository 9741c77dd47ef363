import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../e2e/example-programs.js';

it('the suites of this project run with the SDK and the API that scripts/runtimes.json names', () => {
  const { packages } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'scripts/runtimes.json'), 'utf8'));
  let started: ReadableSpan | undefined;
  const processor = {
    onStart(span: ReadableSpan) {
      started = span;
    },
    onEnd() {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  provider.getTracer('test').startSpan('span', {}, ROOT_CONTEXT).end();
  expect(started?.resource.attributes['telemetry.sdk.version']).toBe(packages['@opentelemetry/sdk-trace']);

  trace.setGlobalTracerProvider(provider);
  const shared: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  trace.disable();
  expect(shared).toMatchObject({ version: packages['@opentelemetry/api'] });
});
