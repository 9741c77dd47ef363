import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { brokenSqlite, nodeSqlite } from './driver.js';

/** What Node says when an application loads a better-sqlite3 of these files, if any. */
function errorOf(files: Readonly<Record<string, string>> | null): Error {
  const folder = temporaryFolder();
  if (files !== null) {
    const installed = join(folder, 'node_modules/better-sqlite3');
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'better-sqlite3', main: 'main.js' }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(installed, name), text);
  }
  writeFileSync(
    join(folder, 'app.cjs'),
    "try { require('better-sqlite3') } catch ({ message, code }) { console.log(JSON.stringify({ message, code })) }",
  );
  const { NODE_PATH: _, ...env } = process.env;
  const said = JSON.parse(execFileSync(process.execPath, ['app.cjs'], { cwd: folder, env, encoding: 'utf8' }));
  return Object.assign(new Error(said.message), said.code === undefined ? {} : { code: said.code });
}

describe('better-sqlite3 that cannot be loaded', () => {
  it('is not an error when it is not installed', () => {
    expect(brokenSqlite(errorOf(null))).toBeNull();
  });

  it('is reported with the cause when a package that it needs is missing', () => {
    expect(brokenSqlite(errorOf({ 'main.js': "require('bindings');" }))?.message).toBe(
      `better-sqlite3 is installed but cannot be loaded; install it anew with "npm install better-sqlite3@12". (Cannot find module 'bindings')`,
    );
  });

  it('is reported with the cause when one of its files is missing', () => {
    expect(brokenSqlite(errorOf({}))?.message).toMatch(
      /^better-sqlite3 is installed but cannot be loaded; install it anew .*main\.js/,
    );
  });

  it('must be rebuilt when its compiled part does not fit this Node', () => {
    const main = 'throw new Error("it was compiled against a different Node.js version\\nusing NODE_MODULE_VERSION 1")';
    expect(brokenSqlite(errorOf({ 'main.js': main }))?.message).toBe(
      'better-sqlite3 is installed but cannot be loaded; build it again with "npm rebuild better-sqlite3". (it was compiled against a different Node.js version)',
    );
  });
});

describe("Node's own SQLite", () => {
  it('is loaded without its warning, and leaves other warnings alone', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    nodeSqlite()?.(':memory:').close();
    process.emitWarning('of another kind');
    await expect.poll(() => warnings).toContain('of another kind');
    expect(warnings).toEqual(['of another kind']);
  });
});
