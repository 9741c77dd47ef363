import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { programFor } from '../../packages/web/src/sessions/first-programs.js';
import { runToEnd } from '../support/child-process.js';
import { expectFirstSession } from '../support/first-programs.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { pythonWithLangfuse } from './python.js';

it('the program in Python that an empty list shows sends the session that it promises', async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const program = join(temporaryFolder(), 'first.py');
  writeFileSync(program, programFor('python', server.url).program);
  expect(await runToEnd(await pythonWithLangfuse(), [program])).toMatchObject({ code: 0 });
  await expectFirstSession(server.url);
});

it('the call of curl that an empty list shows sends the session that it promises', async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());
  expect(await runToEnd('bash', ['-c', programFor('curl', server.url).program])).toMatchObject({ code: 0 });
  await expectFirstSession(server.url);
});
