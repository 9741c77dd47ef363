import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRoutes } from '../packages/server/src/http/routes.js';
import { Changes } from '../packages/server/src/live/changes.js';
import { normalise } from '../packages/server/src/normalise/index.js';
import { DEFAULT_LIMITS } from '../packages/server/src/otlp/limits.js';
import { memoryStore } from '../packages/server/src/store/memory.js';
import { pages } from './docs.mjs';
import { choicesOf, entriesOf, membersOf, messagesOf } from './lib/declarations.mjs';
import { metrics, OPTIONS, optionsOf, sourceFiles, TABLES, variables } from './lib/doc-tables.mjs';
import { root } from './lib/run.mjs';

function page(name: string): string {
  return readFileSync(join(root, 'docs', name), 'utf8');
}

function namesOf(documented: readonly { readonly name: string }[]): string[] {
  return documented.map(({ name }) => name);
}

describe('the tables of the guides', () => {
  it.each(pages())('$path says what the source says; run `npm run docs` if not', ({ committed, generated }) => {
    expect(committed).toBe(generated);
  });

  it('are each shown somewhere', () => {
    const shown = pages().flatMap(({ committed }) =>
      [...committed.matchAll(/<!-- generated: (.+?) -->/g)].map(([, name]) => name),
    );
    expect(shown.sort()).toEqual(Object.keys(TABLES).sort());
  });

  it.each(Object.keys(OPTIONS) as (keyof typeof OPTIONS)[])(
    'say of each option of %s what it does by default',
    (group) => {
      const options = optionsOf(group);
      expect(options.length).toBeGreaterThan(0);
      expect(namesOf(options.filter(({ meaning, fallback }) => meaning === '' || !fallback))).toEqual([]);
    },
  );

  it('say of each environment variable what it does by default', () => {
    expect(namesOf(variables().filter(({ meaning, fallback }) => meaning === '' || !fallback))).toEqual([]);
  });

  it('say of each attribute key what it means and what its value is', () => {
    const keys = [
      ...entriesOf('packages/protocol/src/attribute-keys.ts', 'SpanAttributeKeys'),
      ...entriesOf('packages/protocol/src/gen-ai-keys.ts', 'GenAiAttributeKeys'),
    ];
    expect(namesOf(keys.filter(({ meaning, wire }) => meaning === '' || !wire))).toEqual([]);
    expect(keys.filter(({ values }) => !page('wire-contract.md').includes(`\`${values[0]}\``))).toEqual([]);
  });

  it('say of each count, drop reason and metric what it means', () => {
    const reasons = choicesOf('packages/exporter/src/report/stats.ts', 'DropReason');
    const fields = membersOf('packages/exporter/src/report/stats.ts', 'ExporterStats');
    const names = [...namesOf([...fields, ...metrics()]), ...reasons.map(({ values }) => values[0])];
    expect(names.filter((name) => !page('operations.md').includes(`| \`${name}\` |`))).toEqual([]);
    expect([...reasons, ...fields, ...metrics()].filter(({ meaning }) => meaning === '')).toEqual([]);
  });
});

describe('the delivery page', () => {
  it('says when each drop reason is given', () => {
    const reasons = choicesOf('packages/exporter/src/report/stats.ts', 'DropReason').map(({ values }) => values[0]);
    expect(reasons.filter((reason) => !page('delivery.md').includes(`| \`${reason}\` |`))).toEqual([]);
  });
});

describe('the server page', () => {
  it('has each route of the server', () => {
    const store = memoryStore();
    const { signed, keyed } = createRoutes({
      ...{ writer: store, pieces: store, logEvents: store, annotations: store, media: store, reader: store },
      ...{ changes: new Changes(), normalise, limits: DEFAULT_LIMITS, page: null, version: '0' },
      log: { info: () => {}, error: () => {} },
    });
    const paths = [...signed.routes, ...keyed.routes]
      .filter(({ method, path }) => method !== 'ALL' && /^\/(?:api|v1|health)/.test(path))
      .map(({ path }) => path.replaceAll(/:(\w+)(\{.*?\})?(?=\/|$)/g, '{$1}'));
    expect(paths.length).toBeGreaterThan(20);
    expect([...new Set(paths)].filter((path) => !page('server.md').includes(path))).toEqual([]);
  });
});

describe('the wire contract', () => {
  it('has each family of keys that input and output are read from, such as `genkit:`', () => {
    const families = sourceFiles('packages/server/src/normalise').flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/bodyAt\(([^)]*)\)/g)].flatMap(([, list = '']) =>
        [...list.matchAll(/'(\w+[.:])/g)].map(([, family = '']) => family),
      ),
    );
    expect(families).toContain('genkit:');
    expect([...new Set(families)].filter((family) => !page('wire-contract.md').includes(`\`${family}`))).toEqual([]);
  });
});

describe('the paths that the pages name', () => {
  it.each([...pages().map(({ path }) => path), 'README.md', 'CONTRIBUTING.md'])('exist: %s', (path) => {
    const named = [
      ...readFileSync(join(root, path), 'utf8').matchAll(/`((?:packages|tests|scripts|examples|bench)\/[\w./-]+)`/g),
    ].map(([, name = '']) => name);
    // Of the examples in the recipes, and of what a build makes.
    const isMade = (name: string) => /NAME|acme|\/dist\//.test(name);
    expect(named.filter((name) => !isMade(name) && !existsSync(join(root, name)))).toEqual([]);
  });
});

describe('the README', () => {
  it('gives as reasons only figures that were measured', () => {
    const why = readFileSync(join(root, 'README.md'), 'utf8').split('## Why')[1]?.split('\n## ')[0] ?? '';
    const figures = [...why.replaceAll('\n', ' ').matchAll(/\d[\d.,]*(?=\s+(?:%|µs|ns))/g)].map(([figure]) => figure);
    expect(figures.length).toBeGreaterThan(10);
    const measured = page('benchmarks.md') + page('faults.md');
    expect(figures.filter((figure) => !new RegExp(`(?<![\\d.])${figure}(?![\\d.])`).test(measured))).toEqual([]);
  });
});

describe('the index of the guides', () => {
  it('has each of them', () => {
    const guides = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(guides.filter((name) => !page('README.md').includes(`](${name})`))).toEqual([]);
  });
});

describe('the operations page', () => {
  it('says what to do about each drop reason', () => {
    const advice = page('operations.md').split('| Reason | What to do |')[1]?.split('\n\n')[0] ?? '';
    const reasons = choicesOf('packages/exporter/src/report/stats.ts', 'DropReason').map(({ values }) => values[0]);
    expect(reasons.filter((reason) => !advice.includes(`| \`${reason}\` |`))).toEqual([]);
  });

  it('has each line that the exporter can log', () => {
    const lines = sourceFiles('packages/exporter/src').flatMap((path) =>
      messagesOf(path, { calls: ['warn', 'last'], properties: ['problem'] }),
    );
    expect(lines.length).toBeGreaterThan(15);
    // What is the same in each such line, as far as its first sentence.
    const startOf = (line: string): string => line.replace(/^… ?/, '').split(/ ?…|(?<=\.) /)[0] ?? '';
    expect(lines.filter((line) => !page('operations.md').includes(startOf(line)))).toEqual([]);
  });
});
