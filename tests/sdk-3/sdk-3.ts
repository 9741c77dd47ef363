import { existsSync } from 'node:fs';
import { join } from 'node:path';

const MODULES = join(import.meta.dirname, '../../.cache/runtimes/node_modules/@opentelemetry');

/** The modules of our packages that act as the application: tests, and what they share. */
const TEST = /\.test\.ts$|\/testing\/|\/recorded-spans\.ts$/;

/** SDK 3 under the names of SDK 2, and called as that is, for suites that are written against it. */
const SDK_2_NAMES = '\0@opentelemetry/sdk-trace-base';

/** The part of a Vite plugin that is used here. */
interface Resolver {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(source: string, importer: string | undefined): string | undefined;
  load(id: string): string | undefined;
}

/**
 * Runs the suites of tracing and exporter with OpenTelemetry's SDK 3 as the application's: what a test imports of
 * OpenTelemetry is of version 3, while the exporter's own code keeps what it is published with. `@opentelemetry/api`,
 * which is a peer, is the application's for both.
 */
export function sdk3(): Resolver {
  return {
    name: 'sdk-3',
    enforce: 'pre',
    resolveId(source, importer = '') {
      const name = /^@opentelemetry\/([a-z-]+)$/.exec(source)?.[1];
      if (name === undefined || importer.startsWith(MODULES)) return undefined;
      if (name !== 'api' && !TEST.test(importer)) return undefined;
      if (name === 'sdk-trace-base') return SDK_2_NAMES;
      const entry = join(MODULES, name, 'dist/index.mjs');
      if (existsSync(entry)) return entry;
      if (!existsSync(MODULES)) throw new Error('SDK 3 is not installed: run `npm run test:runtimes`');
      return undefined;
    },
    load(id) {
      if (id !== SDK_2_NAMES) return undefined;
      const sdk = JSON.stringify(join(MODULES, 'sdk-trace/dist/index.mjs'));
      return `import { SimpleSpanProcessor as Simple } from ${sdk};
export * from ${sdk};
export { TracerProvider as BasicTracerProvider } from ${sdk};
export class SimpleSpanProcessor extends Simple {
  constructor(exporter) {
    super({ exporter });
  }
}`;
    },
  };
}
