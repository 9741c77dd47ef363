import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { startChild } from '../support/child-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const require = createRequire(import.meta.url);
const COMPILER = join(dirname(require.resolve('typescript-5.0/package.json')), 'bin/tsc');

const PROGRAM = `
import { PowerRAGSpanProcessor, register } from '@powerrag/exporter';
import { observe, score, startObservation, withSession } from '@powerrag/tracing';
import { observe as observeCore } from '@powerrag/tracing/core';
import { observeInMemory } from '@powerrag/tracing/testing';
const tracing = register({ baseUrl: 'http://127.0.0.1:9' });
const processor: PowerRAGSpanProcessor = tracing.processor;
const count = observe(async (messages) => messages.length, { name: 'count' });
const ask = observe(async (question: string) => question.length, { asType: 'generation' });
const answer: Promise<number> = withSession('chat-1', () => ask('Paris?'));
startObservation('step', { input: 1 }, { asType: 'tool' }).end();
score({ name: 'helpful', value: true, sessionId: 'chat-1' });
observeCore(() => 1);
export { answer, count, observeInMemory, processor };
`;

it('the published types compile with TypeScript 5.0, strict, without skipLibCheck', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  for (const name of ['@powerrag', '@opentelemetry']) {
    symlinkSync(join(import.meta.dirname, '../node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  writeFileSync(join(folder, 'program-in-commonjs.cts'), PROGRAM);
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const child = startChild(process.execPath, [COMPILER, '-p', folder]);
  await child.ended;
  expect(child.stdout()).toBe('');
});
