import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeStore } from '../contract.suite.js';
import { betterSqlite3, nodeSqlite } from './driver.js';
import { sqliteStore } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'powerrag-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

// Node 20 has no SQLite of its own, and better-sqlite3 is optional: held against the contract is each that is there.
for (const [name, driver] of Object.entries({ 'node:sqlite': nodeSqlite(), 'better-sqlite3': betterSqlite3() })) {
  if (driver === null) continue;
  describeStore(`the store in SQLite by ${name}`, async () => {
    files += 1;
    return sqliteStore(join(folder, `${files}.db`), driver);
  });
}
