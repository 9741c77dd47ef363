import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { packInto } from './lib/pack.mjs';
import { root, say, script } from './lib/run.mjs';
import { setUp } from './setup.mjs';

/** `npm run pack`: makes the tarballs of the published packages in `packed/`, and prints the lines that install them. */
await script(async () => {
  await setUp();
  await build();
  const folder = join(root, 'packed');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  say('Packing …');
  const tarballs = await packInto(folder);
  const sdk = tarballs.filter((path) => !path.includes('powerrag-server-')).map(quoted);
  const server = tarballs.filter((path) => path.includes('powerrag-server-')).map(quoted);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const sqlite = major > 22 || (major === 22 && minor >= 13) ? '' : ' better-sqlite3@12';
  console.log(`
In an application:
  npm install ${sdk.join(' ')} @opentelemetry/api
For the server:
  npm install ${server.join(' ')}${sqlite} && npx powerrag serve
`);
});

/** @param {string} path */
function quoted(path) {
  return /[^\w@%+=:,./\\-]/.test(path) ? JSON.stringify(path) : path;
}
