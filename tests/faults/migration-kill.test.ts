import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anyDriver } from '../../packages/server/src/store/sqlite/driver.js';
import { MIGRATIONS } from '../../packages/server/src/store/sqlite/migrations.js';
import { startChild } from '../support/child-process.js';
import { change, recount, rowsOf } from '../support/database.js';
import { getJson } from '../support/http.js';
import { seededRandom } from '../support/random.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');
const KILLS = 3;
/** Of 10,000 the server says how far it is. */
const [SESSIONS, TRACES] = [400, 12_000];

/** The schema of the first release that had media, and nothing to find traces by. */
const RELEASED = MIGRATIONS.findIndex((step) => typeof step === 'string' && step.includes('CREATE TABLE texts'));

/** A database of the released schema, of traces of two observations each. */
function writeReleased(file: string): void {
  const database = anyDriver()(file);
  for (const step of MIGRATIONS.slice(0, RELEASED)) {
    if (typeof step === 'string') database.exec(step);
    else step(database, () => {});
  }
  database.close();
  const numbers = (most: number) => `WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${most})`;
  const perSession = TRACES / SESSIONS;
  change(
    file,
    `PRAGMA user_version = ${RELEASED}; PRAGMA application_id = ${0x50524147}; BEGIN;
    ${numbers(SESSIONS)} INSERT INTO sessions (session_key, project_id, session_id, trace_count, start_ms, last_ms,
      observation_count, error_count, input_tokens, output_tokens, total_tokens, cost_nano, cost_count)
      SELECT n, 'default', 's' || n, ${perSession}, 1, 1000 + n, ${2 * perSession}, 0, 0, 0, 0, 0, 0 FROM n;
    ${numbers(TRACES)} INSERT INTO traces (trace_key, project_id, trace_id, session_key, name, user_id, tags, said, first_id,
      first_name, start_ms, end_ms, observation_count, error_count, input_tokens, output_tokens, total_tokens, cost_nano,
      cost_count, needs_recount)
      SELECT n, 'default', printf('%032x', n), 1 + n % ${SESSIONS}, 'turn', 'user-' || (n % 50), '["a","b"]',
      json_object('fields', json_object('sessionId', json_object('atMs', 1, 'by', 'b', 'value', 's' || (1 + n % ${SESSIONS})),
        'userId', json_object('atMs', 1, 'by', 'b', 'value', 'user-' || (n % 50))),
        'metadata', json_array(), 'tags', json_array('a', 'b')),
      printf('%016x', 1), 'turn', n, n + 10, 2, 0, 0, 0, 0, 0, 0, 0 FROM n;
    ${numbers(TRACES)} INSERT INTO observations (trace_key, observation_id, weight, type, name, start_ms, end_ms, level, model,
      model_parameters, usage, cost) SELECT n, printf('%016x', 1), 1, 'span', 'turn', n, n + 10, 'DEFAULT', NULL, '{}', '{}', '{}'
      FROM n UNION ALL SELECT n, printf('%016x', 2), 1, 'generation', 'answer', n, n + 5, 'DEFAULT', 'model-' || (n % 5), '{}',
      '{}', '{}' FROM n;
    INSERT INTO bodies (trace_key, observation_id, metadata, events)
      SELECT trace_key, observation_id, '{}', '[]' FROM observations;
    COMMIT;`,
  );
}

const versionOf = (file: string) => rowsOf<{ user_version: number }>(file, 'PRAGMA user_version')[0]?.user_version;

describe('a server that is killed while it brings a released database up to date', () => {
  it('leaves the file as it was, says how far it is, and the next one finishes it with every total as it was', async () => {
    const random = seededRandom(24);
    const file = join(temporaryFolder(), 'powerrag.db');
    writeReleased(file);
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = startChild(process.execPath, [COMMAND, 'serve', '--port', '0', '--database', file]);
      const printed = () => child.stdout() + child.stderr();
      await waitFor(() => printed().includes(`10000 of ${TRACES} traces`), { what: 'progress', timeoutMs: 60_000 });
      expect(printed()).toContain(`bringing the schema of ${file} up to date`);
      await sleep(random() * 100);
      child.process.kill('SIGKILL');
      await child.ended;
      if (versionOf(file) !== MIGRATIONS.length) {
        expect(versionOf(file), `after kill ${kill}`).toBe(RELEASED);
        expect(rowsOf(file, "SELECT 1 FROM sqlite_schema WHERE name = 'texts'")).toEqual([]);
      }
    }

    const last = startChild(process.execPath, [COMMAND, 'serve', '--port', '0', '--database', file]);
    await waitFor(() => last.stdout().includes('is listening'), { what: 'a server that listens', timeoutMs: 120_000 });
    last.process.kill('SIGTERM');
    expect(await last.ended).toEqual({ code: 0, signal: null });
    const server = await startServer({ database: file });
    onTestFinished(() => server.kill());
    expect(versionOf(file)).toBe(MIGRATIONS.length);
    expect(recount(file)).toEqual({
      ...{ traces: TRACES, tracesOfSessions: TRACES, observations: 2 * TRACES, observationsOfTraces: 2 * TRACES },
      ...{ observationsOfSessions: 2 * TRACES, emptySessions: 0, textsCountedWrong: 0 },
    });
    const { data } = await getJson<{ data: { traceCount: number }[] }>(
      `${server.url}/api/v1/sessions?userId=user-7&model=model-2&limit=1`,
    );
    expect(data).toMatchObject([{ traceCount: TRACES / SESSIONS }]);
  }, 180_000);
});
