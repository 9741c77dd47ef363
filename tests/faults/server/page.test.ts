import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../report/markdown.js';
import { HELD_FAULTS } from './held.js';
import { SERVER_SCENARIOS } from './index.js';
import { TRIED_FAULTS } from './tried.js';

const page = readFileSync(join(PROJECT_FOLDER, 'docs/server-faults.md'), 'utf8');
const all = [...Object.values(SERVER_SCENARIOS), ...HELD_FAULTS];

describe('the page of faults of the server', () => {
  it('has every fault, with figures for those that are measured', () => {
    for (const { fault, expected } of HELD_FAULTS) expect(page).toContain(`| ${fault} | ${expected} | `);
    for (const [id, { fault, load }] of Object.entries(SERVER_SCENARIOS)) {
      expect(page).toMatch(new RegExp(`^\\| ${id} \\| `, 'm'));
      expect(page).toContain(`| ${fault} | ${load} | `);
    }
  });

  it('has everything that was tried by hand, with tests that are there by their names', () => {
    for (const { fault, expected, tests } of TRIED_FAULTS) {
      expect(page).toContain(`| ${fault} | ${expected} | `);
      for (const [path, name] of tests) {
        expect(page).toContain(`[${name}](../${path})`);
        expect(readFileSync(join(PROJECT_FOLDER, path), 'utf8'), path).toContain(name);
      }
    }
  });

  it.each([...new Set(all.flatMap(({ tests }) => tests))])('names a test that is there: %s', (path) => {
    expect(existsSync(join(PROJECT_FOLDER, path))).toBe(true);
  });
});
