import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RowId } from '../rows.js';
import { PROJECT_FOLDER } from './markdown.js';

const SKIPPED = new Set(['node_modules', 'dist', '.cache']);
/** The files that define the rows and how they are shown. */
const NO_TESTS = /^tests\/faults\/(report\/|rows\.ts|page\.test\.ts)/;

interface SourceFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every test of the project, and every scenario. */
export function testFiles(): SourceFile[] {
  return ['tests', 'packages', 'examples']
    .flatMap((folder) => filesIn(join(PROJECT_FOLDER, folder)))
    .map((path) => relative(PROJECT_FOLDER, path).replaceAll('\\', '/'))
    .filter((path) => (path.endsWith('.test.ts') || path.includes('/scenarios/')) && !NO_TESTS.test(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(PROJECT_FOLDER, path), 'utf8') }));
}

/** The files that name this row: its tests, or, if there are none, its scenario. */
export function heldBy(id: RowId, files: readonly SourceFile[]): string[] {
  const naming = files.filter(({ text }) => names(text, id)).map(({ path }) => path);
  const tests = naming.filter((path) => path.endsWith('.test.ts'));
  return tests.length > 0 ? tests : naming;
}

/** Whether a text names this row. */
export function names(text: string, id: RowId): boolean {
  return new RegExp(`\\b${id}\\b`).test(text);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
