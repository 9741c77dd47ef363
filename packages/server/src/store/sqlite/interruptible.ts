import type { Database, Statement } from './driver.js';

/** The database, whose statements call `beforeEach` before they run and do not run when it throws. */
export function interruptible(database: Database, beforeEach: () => void): Database {
  return {
    exec: (sql) => {
      beforeEach();
      return database.exec(sql);
    },
    prepare: (sql) => guarded(database.prepare(sql), beforeEach),
    close: () => database.close(),
  };
}

function guarded(statement: Statement, beforeEach: () => void): Statement {
  const checked =
    <A extends unknown[], T>(run: (...values: A) => T) =>
    (...values: A): T => {
      beforeEach();
      return run(...values);
    };
  return {
    run: checked((...values: Parameters<Statement['run']>) => statement.run(...values)),
    get: checked((...values: Parameters<Statement['get']>) => statement.get(...values)),
    all: checked((...values: Parameters<Statement['all']>) => statement.all(...values)),
  };
}
