import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { anyDriver, sqliteStore } from '../store/sqlite/index.js';
import { quietLog } from '../testing/quiet-log.js';
import { SEARCH_EXAMPLES, searchPage } from '../testing/search-page.js';
import { digestTrace } from './index.js';
import { aTurn } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'powerrag-search-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the documentation of search', () => {
  it('says what is found and what is not', async () => {
    const pages = [];
    for (const store of [
      sqliteStore(join(folder, 'a.db'), anyDriver(), quietLog, { digestTrace }),
      memoryStore(digestTrace),
    ]) {
      for (const [n, [, question]] of SEARCH_EXAMPLES.entries()) {
        await store.write('p', aTurn({ trace: n + 1, sessionId: `s${n}`, question, answer: '' }));
      }
      await store.digested();
      const rows = [];
      for (const [n, [, , queries]] of SEARCH_EXAMPLES.entries()) {
        const row = { found: [] as string[], missed: [] as string[] };
        for (const text of queries) {
          const { results } = await store.searchSessions('p', { text, kinds: ['question'], limit: 100 });
          (results.some(({ session }) => session.id === `s${n}`) ? row.found : row.missed).push(text);
        }
        rows.push(row);
      }
      pages.push(searchPage(rows));
      await store.close();
    }
    expect(pages[1]).toBe(pages[0]);
    await expect(pages[0]).toMatchFileSnapshot('../../../../docs/search.md');
  });
});
