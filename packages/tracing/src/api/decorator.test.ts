import { SpanAttributeKeys } from '@powerrag/protocol';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

/** The test runner passes decorators on as they are, and Node does not know them yet: esbuild compiles them. */
const source = `
  (observe) => class Assistant {
    #model = 'm';

    @observe()
    plain(question) {
      return this.#model + ': ' + question;
    }

    @observe({ name: 'named', asType: 'agent' })
    async options() {
      return this.#model;
    }

    @observe
    direct() {
      return this.#model;
    }

    @observe({ asType: 'tool' })
    field = (n) => n + 1;

    @observe()
    static fixed() {
      return 'static';
    }
  }`;

interface Assistant {
  plain(question: string): string;
  options(): Promise<string>;
  direct(): string;
  field(n: number): number;
}

it('as a TC39 decorator it observes methods, static methods and fields that hold functions', async () => {
  const { code } = transformSync(`export default ${source}`, { target: 'es2022', format: 'esm' });
  const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  const Compiled: { new (): Assistant; fixed(): string } = module.default(observe);
  const assistant = new Compiled();
  expect(assistant.plain('q')).toBe('m: q');
  expect(await assistant.options()).toBe('m');
  expect(assistant.direct()).toBe('m');
  expect(assistant.field(1)).toBe(2);
  expect(Compiled.fixed()).toBe('static');
  expect(spans.all().map((span) => [span.name, span.attributes[SpanAttributeKeys.observationType]])).toEqual([
    ['plain', 'span'],
    ['named', 'agent'],
    ['direct', 'span'],
    ['field', 'tool'],
    ['fixed', 'span'],
  ]);
});
