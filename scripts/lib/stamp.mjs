import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './run.mjs';

/**
 * One hash over files and folders, by name and content.
 * @param {readonly string[]} paths relative to the root; what does not exist is passed over
 */
export function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths) addToHash(hash, path);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 */
function addToHash(hash, path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return;
  for (const entry of readEntries(absolute)) {
    if (entry === null) hash.update(path).update('\0').update(readFileSync(absolute)).update('\0');
    else addToHash(hash, `${path}/${entry}`);
  }
}

/**
 * The names in a folder, sorted; or a single null for a file.
 * @param {string} absolute
 * @returns {(string | null)[]}
 */
function readEntries(absolute) {
  try {
    return readdirSync(absolute).sort();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return [null];
    throw error;
  }
}

/**
 * True when the work called `name` was last done for this very fingerprint.
 * @param {string} name
 * @param {string} mark
 */
export function isDone(name, mark) {
  const file = stampFile(name);
  return existsSync(file) && readFileSync(file, 'utf8') === mark;
}

/**
 * @param {string} name
 * @param {string} mark
 */
export function setDone(name, mark) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), mark);
}

/** @param {string} name */
function stampFile(name) {
  return join(root, '.cache/stamps', name);
}
