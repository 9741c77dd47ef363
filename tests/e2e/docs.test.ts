import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/http.js';
import { startServer } from '../support/server-process.js';
import { PROJECT_FOLDER, runExample } from './example-programs.js';

const GUIDES = readdirSync(join(PROJECT_FOLDER, 'docs')).filter((name) => name.endsWith('.md'));
/** What npm shows of each published package. */
const PACKAGE_PAGES = ['tracing', 'exporter', 'server'].map((name) => `packages/${name}/README.md`);
const DOCUMENTS = ['README.md', ...PACKAGE_PAGES, ...GUIDES.map((name) => `docs/${name}`)];
const DECISIONS = readdirSync(join(PROJECT_FOLDER, 'docs/adr')).filter((name) => name.endsWith('.md'));
const PROGRAMS = readdirSync(join(PROJECT_FOLDER, 'examples/docs/src'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replace(/\.ts$/, ''));
/** Starts a server of its own and prints what it has stored there. */
const OWN_SERVER = 'start-server';

interface CodeBlock {
  readonly document: string;
  readonly line: number;
  readonly code: string;
  /** From the comment above the block: `<!-- from examples/docs/src/streams.ts -->`. */
  readonly source: string | undefined;
}

/** Every TypeScript block of a document, with the comment in the line above it. */
function codeBlocks(document: string): CodeBlock[] {
  const text = readFileSync(join(PROJECT_FOLDER, document), 'utf8');
  return [
    ...text.matchAll(/(?:^<!-- from (\S+) -->\n)?^```(?:ts|typescript|tsx|js|javascript)\n([\s\S]*?)^```$/gm),
  ].map(([, source, code = '']) => ({ document, line: lineOf(text, code), code, source }));
}

function lineOf(text: string, code: string): number {
  return text.slice(0, text.indexOf(code)).split('\n').length;
}

const BLOCKS = DOCUMENTS.flatMap(codeBlocks);

describe('the code in the guides', () => {
  it('is there', () => {
    expect(BLOCKS.length).toBeGreaterThan(10);
  });

  it.each(BLOCKS)('$document, line $line, is an excerpt of a program under examples/', ({ source, code }) => {
    expect(source, 'the line above the block must be a comment that names its program').toMatch(
      /^examples\/[\w/-]+\.ts$/,
    );
    const program = readFileSync(join(PROJECT_FOLDER, source ?? ''), 'utf8');
    const spellings = ['', '  ', '    ', '      '].map((indentation) => code.replace(/^(?=.)/gm, indentation));
    // When it fails, show the difference to the whole program.
    if (!spellings.some((spelling) => program.includes(spelling))) expect(program).toContain(code);
  });

  it.each(PROGRAMS.filter((program) => program !== OWN_SERVER))(
    '%s runs, and what it records arrives',
    async (program) => {
      const server = await startServer();
      onTestFinished(() => server.stop());
      await runExample(`docs/dist/${program}.js`, { POWERRAG_BASE_URL: server.url });
      const { data } = await getJson<{ data: unknown[] }>(`${server.url}/api/public/traces`);
      expect(data.length).toBeGreaterThan(0);
    },
  );

  it('start-server runs, and what it records arrives at its own server', async () => {
    expect(await runExample(`docs/dist/${OWN_SERVER}.js`, {})).toContain('greetings: 1');
  });
});

describe('the links in the guides', () => {
  const pages = [...DOCUMENTS, 'CONTRIBUTING.md', ...DECISIONS.map((name) => `docs/adr/${name}`)];
  const links = pages.flatMap((document) => {
    const text = readFileSync(join(PROJECT_FOLDER, document), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
    return [...text.matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)].map(([, path = '', anchor]) => ({
      document,
      target: path === '' ? document : normalize(join(dirname(document), path)),
      anchor: anchor?.slice(1),
    }));
  });

  it.each(links)('$document leads to $target', ({ target, anchor }) => {
    const file = join(PROJECT_FOLDER, target);
    expect(statSync(file, { throwIfNoEntry: false }), `${target} does not exist`).toBeDefined();
    if (anchor) expect(headingAnchors(readFileSync(file, 'utf8'))).toContain(anchor);
  });
});

describe("the packages' pages on npm", () => {
  it.each(PACKAGE_PAGES)('%s says how to install the package and shows code that runs', (document) => {
    const text = readFileSync(join(PROJECT_FOLDER, document), 'utf8');
    const name = `@powerrag/${document.split('/')[1]}`;
    expect(text).toMatch(new RegExp(`^# ${name}$`, 'm'));
    expect(text).toMatch(new RegExp(`^npm install .*${name}\\b`, 'm'));
    expect(codeBlocks(document)).toHaveLength(1);
  });

  it.each(PACKAGE_PAGES)('%s has no relative link, which would not work on npm', (document) => {
    const text = readFileSync(join(PROJECT_FOLDER, document), 'utf8');
    expect([...text.matchAll(/\]\((?!https?:|#)[^)]*\)/g)].map(([link]) => link)).toEqual([]);
  });

  it.each(PACKAGE_PAGES)('%s links only to guides that exist', (document) => {
    const text = readFileSync(join(PROJECT_FOLDER, document), 'utf8');
    const named = [...text.matchAll(/\/blob\/main\/docs\/([\w-]+\.md)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !GUIDES.includes(name ?? ''))).toEqual([]);
  });
});

function headingAnchors(markdown: string): string[] {
  return [...markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+\s+(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}
