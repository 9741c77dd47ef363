import { temporaryFolder } from '../../testing/temporary-folder.js';
import type { DigestTrace } from '../digests.js';
import { anyDriver, type Database, type Driver, type Statement } from './driver.js';
import { sqliteStore } from './index.js';

/** At some moment after the start the store looks for deletions that are not finished: no part of writing. */
const BESIDE_WRITING = /FROM (deletions|purges|purge_stages)\b/;

/** A store whose statements tell what they run. */
export function observed({
  folder = temporaryFolder(),
  digestTrace,
}: {
  folder?: string;
  digestTrace?: DigestTrace;
} = {}) {
  const ran = new Set<string>();
  let [rows, prepared] = [0, 0];
  let database: Database | undefined;
  const open: Driver = (path) => {
    const opened = anyDriver()(path);
    if (path.endsWith('-lock')) return opened;
    database = opened;
    return {
      exec: (sql) => opened.exec(sql),
      close: () => opened.close(),
      prepare: (sql) => {
        prepared += 1;
        const statement = opened.prepare(sql);
        const tell = <T>(result: T, read: number): T => {
          ran.add(sql);
          if (!BESIDE_WRITING.test(sql)) rows += read;
          return result;
        };
        return {
          run: (...values) => tell(statement.run(...values), 0),
          get: (...values) => tell(statement.get(...values), 1),
          all: (...values) => {
            const all = statement.all(...values);
            return tell(all, all.length);
          },
        } satisfies Statement;
      },
    };
  };
  const store = sqliteStore(`${folder}/store.db`, open, undefined, digestTrace && { digestTrace });
  return {
    store,
    /** The query plans of what ran meanwhile. */
    async plansOf(work: () => Promise<unknown>) {
      ran.clear();
      await work();
      return [...ran].map((sql) => {
        const values = Array.from({ length: sql.split('?').length - 1 }, () => 1);
        const steps = database?.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
        return { sql, plan: steps.map(({ detail }) => detail).join('\n') };
      });
    },
    /** How many statements were prepared meanwhile. */
    async preparedIn(work: () => Promise<unknown>) {
      prepared = 0;
      await work();
      return prepared;
    },
    /** The rows that statements gave and the statements that wrote. */
    async rowsOf(work: () => Promise<unknown>) {
      rows = 0;
      await work();
      return rows;
    },
  };
}
