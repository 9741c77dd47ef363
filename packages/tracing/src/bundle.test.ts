import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { inlineKeys } from '../build/inline-keys.js';

const here = new URL('.', import.meta.url).pathname;

interface Options extends BuildOptions {
  write: false;
  metafile: true;
}

const external = ['@opentelemetry/api'];

/** An entry as it is published: one file, of which a bundler leaves out what it can tell that nothing needs. */
async function published(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${here}${entry}.ts`],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    plugins: [inlineKeys],
    external,
  });
  return outputFiles[0]?.text ?? '';
}

/** What a bundler makes of a program that imports from an entry of this package. */
async function bundle(
  exported: string,
  entry: string,
  options: Pick<BuildOptions, 'format' | 'globalName' | 'external'> = { format: 'esm', external },
) {
  const { outputFiles, metafile } = await build<Options>({
    stdin: { contents: `export ${exported} from 'entry'`, loader: 'js', resolveDir: here },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    plugins: [entryAs(await published(entry))],
    ...options,
  });
  const code = outputFiles[0]?.text ?? '';
  return {
    code,
    gzipped: gzipSync(code, { level: 9 }).byteLength,
    imports: [...new Set(Object.values(metafile.outputs)[0]?.imports.map(({ path }) => path))],
  };
}

/** Gives the code to whoever imports `entry`. */
function entryAs(contents: string): Plugin {
  return {
    name: 'entry',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^entry$/ }, () => ({ path: 'entry', namespace: 'entry', sideEffects: false }));
      onLoad({ filter: /^/, namespace: 'entry' }, () => ({ contents, resolveDir: here }));
    },
  };
}

/** What stands in the code only for what it names. */
const CODE = {
  observe: /captureInput/,
  streams: /highWaterMark/,
  'messages of models': /tool_calls/,
  'trace attributes': /langfuse\.trace\./,
  'addresses of pages': /POWERRAG_BASE_URL/,
  'tables of token counts': /prompt_tokens/,
  'other conventions': /gen_ai\./,
};

/** Which of these are in the code. */
function partsOf(code: string): string[] {
  return Object.entries(CODE).flatMap(([part, mark]) => (mark.test(code) ? part : []));
}

describe('the bundle, minified and gzipped,', () => {
  it('of everything is at most 19.45 KiB, and imports only the OpenTelemetry API', async () => {
    const { code, gzipped, imports } = await bundle('*', 'index');
    expect(imports).toEqual(['@opentelemetry/api']);
    expect(partsOf(code)).toEqual(Object.keys(CODE));
    expect(gzipped).toBeLessThan(19.45 * 1024);
  });

  it('of startObservation alone is at most 6.6 KiB and has nothing of observe in it', async () => {
    const { code, gzipped } = await bundle('{ startObservation }', 'index');
    expect(partsOf(code)).toEqual(['trace attributes', 'addresses of pages']);
    expect(gzipped).toBeLessThan(6.6 * 1024);
  });

  it('of observe alone is at most 13 KiB and has nothing of observations that the application handles', async () => {
    const { code, gzipped } = await bundle('{ observe }', 'index');
    expect(partsOf(code)).toEqual(['observe', 'streams', 'messages of models']);
    expect(gzipped).toBeLessThan(13 * 1024);
  });

  it('of observe of the core is at most 7.1 KiB, and follows no streams', async () => {
    const { code, gzipped } = await bundle('{ observe }', 'core');
    expect(partsOf(code)).toEqual(['observe']);
    expect(gzipped).toBeLessThan(7.1 * 1024);
  });

  it('of observe and withSession of the core is at most 7.95 KiB', async () => {
    expect((await bundle('{ observe, withSession }', 'core')).gzipped).toBeLessThan(7.95 * 1024);
  });

  it('of what a page needs to send feedback is less than 1 KiB, and imports nothing', async () => {
    const { gzipped, imports } = await bundle('*', 'feedback');
    expect(imports).toEqual([]);
    expect(gzipped).toBeLessThan(1024);
  });

  it('runs where there is nothing but the language: no process, no Buffer, no console, no streams', async () => {
    const { code } = await bundle('*', 'index', { format: 'iife', globalName: 'tracing' });
    const result: unknown = runInNewContext(
      `${code};
      const ended = [];
      const span = {
        attributes: {},
        spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
        isRecording: () => true,
        setAttribute(key, value) { this.attributes[key] = value; return this; },
        setStatus() { return this; },
        recordException() {},
        end() { ended.push(this.attributes); },
      };
      tracing.setTracerProvider({ getTracer: () => ({ startSpan: () => span }) });
      const ask = tracing.observe(function* ask() { yield 'Par'; yield 'is'; });
      const said = [...ask({ big: 1n })].join('');
      JSON.stringify([said, ended.length, ended[0]['langfuse.observation.input'], ended[0]['langfuse.observation.output']]);`,
    );
    expect(JSON.parse(String(result))).toEqual(['Paris', 1, '{"big":"1"}', 'Paris']);
  });
});
