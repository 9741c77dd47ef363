import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it, onTestFinished } from 'vitest';
import { floorRules, floorsOf, PACKAGES, TEST_SUPPORT } from './lib/floors.mjs';
import { root } from './lib/run.mjs';

const FLOORS = [
  { base: 'tools' },
  { left: 'one wing', right: 'the other' },
  { panes: 'above', 'panes/state': 'shared' },
];

/** The names of the rules that these files break, laid out on `FLOORS`. */
async function brokenBy(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-floors-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, 'src', dirname(path)), { recursive: true });
    writeFileSync(join(folder, 'src', path), text);
  }
  const { output } = await cruise(['src'], {
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: floorRules('src', FLOORS) },
    tsPreCompilationDeps: true,
  });
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

/** Folders below `folder` that hold source files, relative to it. */
function foldersWithSources(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => path.includes('/') && !new RegExp(TEST_SUPPORT).test(`/${path}`));
  return [...new Set(found.map((path) => dirname(path)))];
}

describe('an import between folders', () => {
  it('goes down', async () => {
    expect(await brokenBy({ 'left/a.ts': "import '../base/b.js';", 'base/b.ts': 'export {};' })).toEqual([]);
  });

  it('is refused when it goes up', async () => {
    const files = { 'base/b.ts': "import '../left/a.js';", 'left/a.ts': 'export {};' };
    expect(await brokenBy(files)).toEqual(['src/base imports only from lower floors']);
  });

  it('is refused when it goes up for a type only', async () => {
    const files = {
      'base/b.ts': "import type { A } from '../left/a.js'; export type B = A;",
      'left/a.ts': 'export type A = 1;',
    };
    expect(await brokenBy(files)).toEqual(['src/base imports only from lower floors']);
  });

  it('is refused between two folders of one floor', async () => {
    const files = { 'left/a.ts': "import '../right/c.js';", 'right/c.ts': 'export {};' };
    expect(await brokenBy(files)).toEqual(['src/left imports only from lower floors']);
  });

  it('is refused when it goes to the files at the top', async () => {
    const files = { 'left/a.ts': "import '../index.js';", 'index.ts': 'export {};' };
    expect(await brokenBy(files)).toEqual(['src/left imports only from lower floors']);
  });

  it('is refused when it goes up from a folder that has no floor of its own', async () => {
    const files = {
      'panes/state/a.ts': 'export {};',
      'panes/other/b.ts': "import '../../left/c.js';",
      'left/c.ts': 'export {};',
    };
    expect(await brokenBy(files)).toEqual([]);
    const upwards = { 'panes/inner/b.ts': "import '../../top.js';", 'top.ts': 'export {};' };
    expect(await brokenBy(upwards)).toEqual(['src/panes imports only from lower floors']);
  });

  it('is free for tests', async () => {
    const files = { 'base/b.test.ts': "import '../left/a.js';", 'left/a.ts': 'export {};' };
    expect(await brokenBy(files)).toEqual([]);
  });
});

describe.each(PACKAGES)('%s', (name) => {
  it('has each of its folders on a floor', () => {
    const source = join(root, 'packages', name, 'src');
    const floors = floorsOf(name).flatMap((floor) => Object.keys(floor));
    const homeless = foldersWithSources(source).filter(
      (folder) => !floors.some((floor) => folder === floor || folder.startsWith(`${floor}/`)),
    );
    expect(homeless).toEqual([]);
  });

  it('has no floor without a folder', () => {
    const folders = foldersWithSources(join(root, 'packages', name, 'src'));
    const empty = floorsOf(name)
      .flatMap((floor) => Object.keys(floor))
      .filter((floor) => !folders.some((folder) => folder === floor || folder.startsWith(`${floor}/`)));
    expect(empty).toEqual([]);
  });
});
