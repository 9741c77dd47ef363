import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageOptions from '../tsup.config.js';
import { createAuthority, createCertificate } from './testing/certificates.js';
import { startCollector } from './testing/collector.js';
import { startProxy } from './testing/proxy.js';

const packageDirectory = fileURLToPath(new URL('..', import.meta.url));
/** Inside the package, so that what is built there finds the package's dependencies. */
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(path.join(packageDirectory, 'node_modules', '.built-test-'));
  if (typeof packageOptions === 'function' || Array.isArray(packageOptions))
    throw new Error('One set of options is built.');
  await build({
    ...packageOptions,
    entry: [path.join(packageDirectory, 'src/index.ts')],
    outDir: directory,
    outExtension: ({ format }) => ({ js: format === 'cjs' ? '.cjs' : '.mjs' }),
    external: [/^@opentelemetry\//, 'undici'],
    config: false,
    silent: true,
    dts: false,
    clean: false,
  });
}, 60_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

const api = createRequire(import.meta.url).resolve('@opentelemetry/api');

interface Run {
  readonly variables?: Record<string, string>;
  /** Most files and sockets that the program may have open. */
  readonly maxHandles?: number;
  /** When the program's input ends. Default: at once. */
  readonly until?: Promise<void>;
}

/** Runs a program that has `exporter`, `trace`, `emit()` and `isUndiciLoaded()`; gives what it printed. */
async function run(
  format: 'mjs' | 'cjs',
  program: string,
  { maxHandles, until, variables = {} }: Run = {},
): Promise<string> {
  const entry = JSON.stringify(path.join(directory, `index.${format}`));
  const source = `
    ${format === 'mjs' ? "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" : ''}
    const { trace } = require(${JSON.stringify(api)});
    const isUndiciLoaded = () => Object.keys(require.cache).some((file) => file.includes('/undici/'));
    const emit = () => trace.getTracer('test').startSpan('span').end();
    ${format === 'mjs' ? `const exporter = await import(${entry});` : `const exporter = require(${entry});`}
    ${program}`;
  const file = path.join(directory, `program-${Math.random().toString(36).slice(2)}.${format}`);
  await writeFile(file, source);
  const limit = maxHandles === undefined ? '' : `ulimit -n ${maxHandles}; `;
  const child = spawn('sh', ['-c', `${limit}exec "$0" "$1"`, process.execPath, file], {
    env: { PATH: process.env.PATH, ...variables },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  void Promise.resolve(until).then(() => child.stdin.end());
  await new Promise((resolve) => child.on('close', resolve));
  return output.trim();
}

describe.each(['mjs', 'cjs'] as const)(
  'the built package, as .%s',
  (format) => {
    it('does not load undici before the first request', async () => {
      const { baseUrl } = await startCollector();
      const program = `
      const { forceFlush } = exporter.register({ baseUrl: ${JSON.stringify(baseUrl)} });
      const before = isUndiciLoaded();
      emit();
      void forceFlush().then(() => console.log(before, isUndiciLoaded()));`;
      expect(await run(format, program)).toBe('false true');
    });

    it('sends its first request even when the program is already ending', async () => {
      const collector = await startCollector();
      expect(await run(format, `exporter.register({ baseUrl: ${JSON.stringify(collector.baseUrl)} }); emit();`)).toBe(
        '',
      );
      expect(collector.spans()).toHaveLength(1);
    });

    it.each(['directly', 'through a proxy'])(
      'has requests in flight %s, and the program ends all the same',
      async (way) => {
        const authority = await createAuthority();
        const certificate = await createCertificate({ ca: authority, host: 'spans.example' });
        const isDirect = way === 'directly';
        // The second request goes out on the connection of the first, and is never answered.
        const collector = await startCollector(
          (_request, response, count) => {
            if (count === 1) response.end();
          },
          isDirect ? undefined : certificate,
        );
        const baseUrl = isDirect ? collector.baseUrl : collector.baseUrl.replace('localhost', 'spans.example');
        const proxy = await startProxy();
        const program = `
      const { forceFlush, processor } = exporter.register({
        baseUrl: ${JSON.stringify(baseUrl)}, ca: ${JSON.stringify(authority.cert)}, exitHooks: false, flushIntervalMs: 1,
      });
      emit();
      void forceFlush().then(emit);
      process.stdin.resume();
      process.on('exit', () => console.log(processor.stats().inFlight));`;
        const variables = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
        expect(await run(format, program, { variables, until: collector.received(2) })).toBe('1');
        expect(collector.requests).toHaveLength(2);
        expect(proxy.asked).toHaveLength(isDirect ? 0 : 1);
      },
    );

    it('sends after a first try that failed because no file could be opened', async () => {
      const collector = await startCollector();
      const program = `
      const { openSync, closeSync } = require('node:fs');
      const handles = [];
      const { forceFlush, processor } = exporter.register({
        baseUrl: ${JSON.stringify(collector.baseUrl)}, flushIntervalMs: 1, log: () => {},
      });
      try { for (;;) handles.push(openSync('/dev/null')); } catch {}
      emit();
      const look = setInterval(() => {
        if (processor.stats().retries === 0) return;
        clearInterval(look);
        for (const handle of handles) closeSync(handle);
        void forceFlush().then(() => console.log('flushed'));
      }, 5);`;
      expect(await run(format, program, { maxHandles: 60 })).toBe('flushed');
      expect(collector.spans()).toHaveLength(1);
    });

    it('trusts the authority in NODE_EXTRA_CA_CERTS', async () => {
      const authority = await createAuthority();
      const collector = await startCollector(undefined, await createCertificate({ ca: authority }));
      const file = path.join(directory, 'authority.pem');
      await writeFile(file, authority.cert);
      const program = `exporter.register({ baseUrl: ${JSON.stringify(collector.baseUrl)} }); emit();`;
      expect(await run(format, program, { variables: { NODE_EXTRA_CA_CERTS: file } })).toBe('');
      expect(collector.spans()).toHaveLength(1);
    });
  },
  30_000,
);
