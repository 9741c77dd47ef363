import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { programFor } from '../../packages/web/src/sessions/first-programs.js';
import { runToEnd } from '../support/child-process.js';
import { expectFirstSession } from '../support/first-programs.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A folder in which the packages are installed. */
function projectFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules/@powerrag'), { recursive: true });
  for (const name of ['tracing', 'exporter']) {
    symlinkSync(join(import.meta.dirname, '../../packages', name), join(folder, 'node_modules/@powerrag', name));
  }
  return folder;
}

it('the program in TypeScript that an empty list shows sends the session that it promises', async () => {
  // Not on the default port: a program that does not name the server would send nowhere.
  const server = await startServer();
  onTestFinished(() => server.stop());
  const folder = projectFolder();
  writeFileSync(join(folder, 'first.mjs'), programFor('typescript', server.url).program);
  expect(await runToEnd(process.execPath, ['first.mjs'], { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
  await expectFirstSession(server.url);
});
