import * as babel from '@babel/core';
import { SpanAttributeKeys } from '@powerrag/protocol';
import * as swc from '@swc/core';
import { transformSync } from 'esbuild';
import ts from 'typescript';
import { describe, expect, it, vi } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

/** A class with `get` and `set` looks like a descriptor, and with `kind` and `value` like others. */
const source = `
  (observe) => {
    const toNumber = (text: string) => Number(text);
    class Cache {
      #hits = 0;
      get(key: string) { return 'value of ' + key; }
      set(key: string, value: string) {}
      value() { return 'value'; }
      kind() {}
      addInitializer() {}

      @observe({ name: 'load' })
      async load(key: string) { this.#hits += 1; return 'loaded ' + key; }

      @observe()
      hits() { return this.#hits; }

      @observe
      direct() { return 'direct'; }

      @observe({ asType: 'tool' })
      static create() { return new this(); }

      @observe()
      ['computed']() { return 1; }

      @observe()
      get size() { return this.#hits; }
      set size(hits: number) { this.#hits = hits; }

      @observe({ name: 'field' })
      field = (n: number) => n + this.#hits;

      @observe()
      static parse = toNumber;
    }
    return Cache;
  }`;

interface Cache {
  get(key: string): string;
  load(key: string): Promise<string>;
  hits(): number;
  direct(): string;
  computed(): number;
  size: number;
  field(n: number): number;
}
interface CacheClass {
  new (): Cache;
  create(): Cache;
  parse(text: string): number;
}

const tsc = (target: ts.ScriptTarget, useDefineForClassFields: boolean) => (code: string) =>
  ts.transpileModule(code, {
    compilerOptions: { experimentalDecorators: true, target, module: ts.ModuleKind.ESNext, useDefineForClassFields },
  }).outputText;

const esbuild = (useDefineForClassFields: boolean) => (code: string) =>
  transformSync(code, {
    loader: 'ts',
    format: 'esm',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields } },
  }).code;

const bySwc = (target: swc.JscTarget, useDefineForClassFields: boolean) => (code: string) =>
  swc.transformSync(code, {
    configFile: false,
    swcrc: false,
    module: { type: 'es6' },
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields },
      target,
    },
  }).code;

/** Babel cannot parse a decorator before a computed name, nor move a private name out of the value of a decorated field. */
const byBabel = (loose: boolean) => (code: string) => {
  const plugins = [
    '@babel/plugin-transform-typescript',
    ['@babel/plugin-proposal-decorators', { version: 'legacy' }],
    ['@babel/plugin-transform-class-properties', { loose }],
  ] satisfies babel.PluginItem[];
  const readable = code.replace("['computed']", 'computed').replace('=> n + this.#hits', '=> n + 5');
  const options = { configFile: false, babelrc: false, filename: 'cache.ts', cwd: import.meta.dirname, plugins };
  return babel.transformSync(readable, options)?.code ?? '';
};

const load = async (code: string): Promise<(decorator: typeof observe) => CacheClass> =>
  (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)).default;

describe.each([
  ['tsc to ES2015', tsc(ts.ScriptTarget.ES2015, false), true],
  ['tsc to ES2022, as NestJS sets it', tsc(ts.ScriptTarget.ES2022, false), true],
  ['tsc to ES2022 with defined fields', tsc(ts.ScriptTarget.ES2022, true), false],
  ['esbuild', esbuild(false), true],
  ['esbuild with defined fields', esbuild(true), false],
  ['SWC to ES2015', bySwc('es2015', false), true],
  ['SWC to ES2022, as NestJS sets it', bySwc('es2022', false), true],
  ['SWC to ES2022 with defined fields', bySwc('es2022', true), false],
  ['Babel', byBabel(false), true],
  ['Babel with loose class properties', byBabel(true), true],
] as const)('as a legacy decorator, compiled by %s', (_compiler, compile, seesFields) => {
  it('it observes methods, accessors and assigned fields, and leaves the class unchanged', async () => {
    const Compiled = (await load(compile(`export default ${source}`)))(observe);
    const cache = Compiled.create();
    expect(cache).toBeInstanceOf(Compiled);
    expect([cache.get('a'), await cache.load('a'), cache.hits(), cache.direct(), cache.computed()]).toEqual([
      ...['value of a', 'loaded a', 1, 'direct', 1],
    ]);
    cache.size = 5;
    expect([cache.size, cache.field(1), Compiled.parse('7')]).toEqual([5, 6, 7]);
    expect(Object.keys(cache)).toEqual(['field']);
    expect(Object.getOwnPropertyDescriptor(Compiled.prototype, 'load')).toEqual({
      configurable: true,
      enumerable: false,
      writable: true,
      value: expect.any(Function),
    });
    expect(spans.all().map((span) => [span.name, span.attributes[SpanAttributeKeys.observationType]])).toEqual([
      ['create', 'tool'],
      ['load', 'span'],
      ['hits', 'span'],
      ['direct', 'span'],
      ['computed', 'span'],
      ['set size', 'span'],
      ['get size', 'span'],
      ...(seesFields ? [['field', 'span']] : []),
      ['parse', 'span'],
    ]);
  });
});

describe('the legacy decorator', () => {
  it('of Babel wraps the initial value of a field', () => {
    const initializer = function (this: { by: number }) {
      return (n: number) => n + this.by;
    };
    const descriptor = { configurable: true, enumerable: true, writable: true, initializer };
    const decorated: unknown = Reflect.apply(observe({ name: 'add' }), undefined, [{}, 'add', descriptor]);
    expect(decorated).toMatchObject({ configurable: true, enumerable: true, writable: true });
    const add: (n: number) => number = Reflect.apply(Reflect.get(Object(decorated), 'initializer'), { by: 2 }, []);
    expect(add(1)).toBe(3);
    expect(spans.named('add').ended).toBe(true);
  });

  it('keeps what other decorators have stored on the function with reflect-metadata', () => {
    const kept = new Map<unknown, Map<unknown, unknown>>();
    const metadata = {
      getOwnMetadataKeys: (target: unknown) => [...(kept.get(target)?.keys() ?? [])],
      getOwnMetadata: (key: unknown, target: unknown) => kept.get(target)?.get(key),
      defineMetadata: (key: unknown, value: unknown, target: unknown) => {
        kept.set(target, new Map([...(kept.get(target) ?? []), [key, value]]));
      },
    };
    Object.assign(Reflect, metadata);
    try {
      const route = () => 'cats';
      metadata.defineMetadata('path', '/cats', route);
      const descriptor = { configurable: true, enumerable: false, writable: true, value: route };
      const { value } = observe()({}, 'route', descriptor);
      expect(value).not.toBe(route);
      expect(metadata.getOwnMetadata('path', value)).toBe('/cats');
    } finally {
      for (const name of Object.keys(metadata)) Reflect.deleteProperty(Reflect, name);
    }
  });

  it('leaves classes, parameters and members that are not functions unchanged, with a warning', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    // biome-ignore lint/complexity/noStaticOnlyClass: its static private member is what a wrapped class would lose.
    class Service {
      static #count = 1;
      static count() {
        return Service.#count;
      }
    }
    const decorate = (...args: unknown[]): unknown => Reflect.apply(observe(), undefined, args);
    expect(decorate(Service)).toBe(Service);
    expect(decorate(Service, undefined, 0)).toBeUndefined();
    expect(decorate(Service.prototype, 'method', 1)).toBeUndefined();
    expect(decorate({}, 'n', { configurable: true, enumerable: true, writable: true, value: 1 })).toBeUndefined();
    expect(warn.mock.calls.map(([line]) => line)).toEqual([
      'PowerRAG: observe() takes a function or a method; a class was left as it is.',
      'PowerRAG: observe() takes a function or a method; a parameter was left as it is.',
      'PowerRAG: observe() takes a function or a method; a value of type number was left as it is.',
    ]);
    warn.mockRestore();
  });

  it('is not confused with a call by `Array.map`', () => {
    const [first] = [() => 'mapped'].map(observe({ name: 'mapped' }) as (fn: () => string) => () => string);
    expect(first?.()).toBe('mapped');
    const withKey: unknown = Reflect.apply(observe({ name: 'keyed' }), undefined, [() => 1, 'key', { key: () => 1 }]);
    expect(Reflect.apply(withKey as () => number, undefined, [])).toBe(1);
    expect(spans.all().map(({ name }) => name)).toEqual(['mapped', 'keyed']);
  });
});

describe('the types of the decorator', () => {
  it.each([true, false])('compile with experimentalDecorators %s', (experimentalDecorators) => {
    const file = new URL('./decorated.fixture.ts', import.meta.url).pathname;
    const program = ts.createProgram([file], {
      experimentalDecorators,
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.esnext.decorators.d.ts', 'lib.dom.d.ts'],
      skipLibCheck: true,
      types: [],
    });
    const problems = ts.getPreEmitDiagnostics(program).filter((problem) => problem.file?.fileName === file);
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });
});
