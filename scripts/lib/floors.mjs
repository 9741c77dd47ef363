import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/**
 * The floors of a package, bottom first: `packages/NAME/floors.json`. Each floor maps its folders, relative to `src`, to what is
 * in them. A file imports from its own folder and from lower floors; folders of one floor do not import each other. Files at the
 * top of `src` stand above all floors.
 * @typedef {readonly Readonly<Record<string, string>>[]} Floors
 */

/** The packages that have floors. */
export const PACKAGES = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'floors.json')),
);

/**
 * @param {string} name of a package
 * @returns {Floors}
 */
export function floorsOf(name) {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'floors.json'), 'utf8'));
}

/**
 * The rules of dependency-cruiser that enforce these floors.
 * @param {string} source the folder that holds the floors, such as `packages/exporter/src`
 * @param {Floors} floors
 * @returns {import('dependency-cruiser').IForbiddenRuleType[]}
 */
export function floorRules(source, floors) {
  const folders = floors.flatMap((floor) => Object.keys(floor));
  return floors.flatMap((floor, index) =>
    Object.keys(floor).map((folder) => {
      const siblings = Object.keys(floor).filter((other) => other !== folder);
      const above = floors.slice(index + 1).flatMap((higher) => Object.keys(higher));
      return {
        name: `${source}/${folder} imports only from lower floors`,
        severity: /** @type {const} */ ('error'),
        from: { path: pathOf(source, folder, folders), pathNot: TEST_SUPPORT },
        to: {
          path: [...siblings, ...above].map((other) => pathOf(source, other, folders)).concat(`^${source}/[^/]+$`),
        },
      };
    }),
  );
}

/** Tests, and what only they use, import from anywhere. */
export const TEST_SUPPORT = String.raw`(\.test(-d)?\.tsx?$|\.suite\.ts$|\.fixture\.ts$|/testing/|[/.]testing\.ts$)`;

/**
 * The files of a floor: those in its folder and in folders below it, except where these are floors of their own.
 * @param {string} source
 * @param {string} folder
 * @param {readonly string[]} folders all of the package
 */
function pathOf(source, folder, folders) {
  const inner = folders
    .filter((other) => other.startsWith(`${folder}/`))
    .map((other) => other.slice(folder.length + 1));
  return `^${source}/${folder}/${inner.map((name) => `(?!${name}/)`).join('')}`;
}
