import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const here = new URL('.', import.meta.url).pathname;

interface Options extends BuildOptions {
  write: false;
  metafile: true;
}

/** What a bundler makes of a program that imports from this package. */
async function bundle(program: string, external: string[] = ['@opentelemetry/api']) {
  const { outputFiles, metafile } = await build<Options>({
    stdin: { contents: program, resolveDir: here, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external,
    ...(external.length > 0 ? { format: 'esm' } : { format: 'iife', globalName: 'tracing' }),
  });
  const [output] = Object.values(metafile.outputs);
  const code = outputFiles[0]?.text ?? '';
  return {
    code,
    gzipped: gzipSync(code, { level: 9 }).byteLength,
    /** The source files that something of is in the bundle. */
    files: Object.entries(output?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
    imports: [...new Set(output?.imports.map(({ path }) => path))],
  };
}

describe('the bundle', () => {
  it('of everything is at most 18 KiB, minified and gzipped, and imports only the OpenTelemetry API', async () => {
    const { gzipped, imports } = await bundle("export * from './index.ts'");
    expect(imports).toEqual(['@opentelemetry/api']);
    expect(gzipped).toBeLessThan(18 * 1024);
  });

  it('of startObservation alone is at most 5.5 KiB and has nothing of observe in it', async () => {
    const { gzipped, files } = await bundle("export { startObservation } from './index.ts'");
    expect(
      files.filter((file) => /settle\/|propagate|active|langfuse-names|gen-ai|failure|usage|addresses/.test(file)),
    ).toEqual([]);
    expect(gzipped).toBeLessThan(5.5 * 1024);
  });

  it('of observe alone is at most 13.4 KiB and has no table of token counts in it', async () => {
    const { gzipped, files } = await bundle("export { observe } from './index.ts'");
    expect(files.filter((file) => /usage|langfuse-names|gen-ai|propagate|addresses/.test(file))).toEqual([]);
    expect(gzipped).toBeLessThan(13.4 * 1024);
  });

  it('of observe of the core is at most 8.25 KiB, and follows no streams', async () => {
    const { gzipped, files } = await bundle("export { observe } from './core.ts'");
    expect(
      files.filter((file) => /collector|assembler|draft|follow|-streams|intercept|usage|gen-ai|propagate/.test(file)),
    ).toEqual([]);
    expect(gzipped).toBeLessThan(8.25 * 1024);
  });

  it('of observe and withSession of the core is at most 9 KiB', async () => {
    expect((await bundle("export { observe, withSession } from './core.ts'")).gzipped).toBeLessThan(9 * 1024);
  });

  it('of what a page needs to send feedback is less than 1 KiB, and imports nothing', async () => {
    const { gzipped, imports } = await bundle("export * from './feedback.ts'");
    expect(imports).toEqual([]);
    expect(gzipped).toBeLessThan(1024);
  });

  it('runs where there is nothing but the language: no process, no Buffer, no console, no streams', async () => {
    const { code } = await bundle("export * from './index.ts'", []);
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
