import { anyDriver } from '../../packages/server/src/store/sqlite/driver.js';
import { MIGRATIONS } from '../../packages/server/src/store/sqlite/migrations.js';
import { change } from './database.js';

/** The schema of the first release that had media, and nothing to find traces by. */
export const RELEASED = MIGRATIONS.findIndex((step) => typeof step === 'string' && step.includes('CREATE TABLE texts'));

interface Size {
  readonly sessions: number;
  /** A multiple of `sessions`. */
  readonly traces: number;
  /** Of a trace, from 2. The first is a span, and the others are calls of a model. */
  readonly observations: number;
}

/** Writes a database of the released schema. */
export function writeReleased(file: string, { sessions, traces, observations }: Size): void {
  const database = anyDriver()(file);
  for (const step of MIGRATIONS.slice(0, RELEASED)) {
    if (typeof step === 'string') database.exec(step);
    else step(database, () => {});
  }
  database.close();
  const numbers = (most: number) => `WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${most})`;
  const perSession = traces / sessions;
  change(
    file,
    `PRAGMA user_version = ${RELEASED}; PRAGMA application_id = ${0x50524147}; BEGIN;
    ${numbers(sessions)} INSERT INTO sessions (session_key, project_id, session_id, trace_count, start_ms, last_ms,
      observation_count, error_count, input_tokens, output_tokens, total_tokens, cost_nano, cost_count)
      SELECT n, 'default', 's' || n, ${perSession}, 1, 1000 + n, ${observations * perSession}, 0, 0, 0, 0, 0, 0 FROM n;
    ${numbers(traces)} INSERT INTO traces (trace_key, project_id, trace_id, session_key, name, user_id, tags, said, first_id,
      first_name, start_ms, end_ms, observation_count, error_count, input_tokens, output_tokens, total_tokens, cost_nano,
      cost_count, needs_recount)
      SELECT n, 'default', printf('%032x', n), 1 + n % ${sessions}, 'turn', 'user-' || (n % 50), '["a","b"]',
      json_object('fields', json_object('sessionId', json_object('atMs', 1, 'by', 'b', 'value', 's' || (1 + n % ${sessions})),
        'userId', json_object('atMs', 1, 'by', 'b', 'value', 'user-' || (n % 50))),
        'metadata', json_array(), 'tags', json_array('a', 'b')),
      printf('%016x', 1), 'turn', n, n + 10, ${observations}, 0, 0, 0, 0, 0, 0, 0 FROM n;
    ${numbers(observations)} INSERT INTO observations (trace_key, observation_id, weight, type, name, start_ms, end_ms, level,
      model, model_parameters, usage, cost)
      SELECT trace_key, printf('%016x', n), 1, iif(n = 1, 'span', 'generation'), iif(n = 1, 'turn', 'answer'), trace_key,
      trace_key + iif(n = 1, 10, 5), 'DEFAULT', iif(n = 1, NULL, 'model-' || (trace_key % 5)), '{}', '{}', '{}'
      FROM traces CROSS JOIN n ORDER BY trace_key, n;
    INSERT INTO bodies (trace_key, observation_id, metadata, events)
      SELECT trace_key, observation_id, '{}', '[]' FROM observations;
    COMMIT;`,
  );
}

/** What `recount` gives of such a database once its schema is current. */
export function countedAs({ traces, observations }: Size) {
  const all = traces * observations;
  return {
    ...{ traces, tracesOfSessions: traces, observations: all, observationsOfTraces: all, observationsOfSessions: all },
    ...{ emptySessions: 0, textsCountedWrong: 0 },
  };
}
