import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TABLES } from './lib/doc-tables.mjs';
import { isMain, root, SetupError, say, script } from './lib/run.mjs';

const MARKER = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end of generated -->)/g;

/** The pages of docs/ as they should be: the text between the markers of a table is made from the source. */
export function pages() {
  return readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => {
      const path = `docs/${name}`;
      const committed = readFileSync(join(root, path), 'utf8');
      const generated = committed.replace(
        MARKER,
        (_whole, start, table, end) => `${start}${makeTable(path, table)}\n${end}`,
      );
      return { path, committed, generated };
    });
}

/**
 * @param {string} path
 * @param {string} name
 */
function makeTable(path, name) {
  if (!Object.hasOwn(TABLES, name)) {
    throw new SetupError(`${path}: there is no table "${name}". There are: ${Object.keys(TABLES).join(', ')}.`);
  }
  return TABLES[/** @type {keyof typeof TABLES} */ (name)]();
}

/** `npm run docs`: updates the tables of the pages from the source. */
if (isMain(import.meta.url)) {
  await script(async () => {
    for (const { path, committed, generated } of pages()) {
      if (committed === generated) continue;
      writeFileSync(join(root, path), generated);
      say(`${path} was updated.`);
    }
  });
}
