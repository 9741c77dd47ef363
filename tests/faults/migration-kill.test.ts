import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MIGRATIONS } from '../../packages/server/src/store/sqlite/migrations.js';
import { startChild } from '../support/child-process.js';
import { recount, rowsOf } from '../support/database.js';
import { getJson } from '../support/http.js';
import { seededRandom } from '../support/random.js';
import { countedAs, RELEASED, writeReleased } from '../support/released-database.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');
const KILLS = 3;
const SIZE = { sessions: 400, traces: 40_000, observations: 2 };

const versionOf = (file: string) => rowsOf<{ user_version: number }>(file, 'PRAGMA user_version')[0]?.user_version;

/** How many traces are done of the step that takes long, as the file says. */
function doneIn(file: string): number {
  if (versionOf(file) !== RELEASED + 1) return 0;
  const hasPlace = rowsOf(file, "SELECT 1 FROM sqlite_schema WHERE name = 'migration_place'").length > 0;
  return hasPlace ? (rowsOf<{ done: number }>(file, 'SELECT done FROM migration_place')[0]?.done ?? 0) : 0;
}

describe('a server that is killed while it brings a released database up to date', () => {
  it('says how far it is, and the next one goes on from there, until every total is as it was', async () => {
    const random = seededRandom(24);
    const file = join(temporaryFolder(), 'powerrag.db');
    writeReleased(file, SIZE);
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = doneIn(file);
      const child = startChild(process.execPath, [COMMAND, 'serve', '--port', '0', '--database', file]);
      const said = () =>
        [...(child.stdout() + child.stderr()).matchAll(/up to date: (\d+) of 40000 traces/g)].map(([, done]) =>
          Number(done),
        );
      // Once it speaks of a second part, the first is committed.
      await waitFor(() => said().length > 1, { what: 'progress', timeoutMs: 60_000 });
      await sleep(random() * 20);
      child.process.kill('SIGKILL');
      await child.ended;
      expect(Math.min(...said()), `what it went on from after kill ${kill - 1}`).toBeGreaterThan(before);
      expect(doneIn(file), `what is left of its work after kill ${kill}`).toBeGreaterThan(before);
    }

    const server = await startServer({ database: file });
    onTestFinished(() => server.kill());
    expect(versionOf(file)).toBe(MIGRATIONS.length);
    expect(rowsOf(file, "SELECT 1 FROM sqlite_schema WHERE name = 'migration_place'")).toEqual([]);
    expect(recount(file)).toEqual(countedAs(SIZE));
    const { data } = await getJson<{ data: { traceCount: number }[] }>(
      `${server.url}/api/v1/sessions?userId=user-7&model=model-2&limit=1`,
    );
    expect(data).toMatchObject([{ traceCount: SIZE.traces / SIZE.sessions }]);
  }, 180_000);
});
