import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { names } from './report/held-by.js';
import { PROJECT_FOLDER } from './report/markdown.js';
import { INDEX_HEADING } from './report/page.js';
import { isRowId, ROWS } from './rows.js';
import { SCENARIOS } from './scenarios/index.js';

const [measured = '', index = ''] = readFileSync(join(PROJECT_FOLDER, 'docs/faults.md'), 'utf8').split(INDEX_HEADING);
const LINES = [...index.matchAll(/^\| (E\d+) .*$/gm)].map(([line, id = '']) => ({
  id,
  files: [...line.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = '']) => path),
}));

describe('the page of results', () => {
  it('has every row once, in order', () => {
    expect(LINES.map(({ id }) => id)).toEqual(Object.keys(ROWS));
  });

  it.each(LINES.filter(({ files }) => files.length > 0))(
    'names only files for $id that are about it',
    ({ id, files }) => {
      for (const file of files) {
        const text = readFileSync(join(PROJECT_FOLDER, file), 'utf8');
        expect(isRowId(id) && names(text, id), file).toBe(true);
      }
    },
  );

  it('has figures for every scenario', () => {
    for (const { id } of SCENARIOS) expect(measured).toContain(`| ${id} | `);
  });
});
