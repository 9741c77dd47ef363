import type { Connection } from './connection.js';

/** A connection whose database is prepared before the first statement, and again until that has worked once. */
export interface PreparedConnection extends Connection {
  /** Resolves when the database is prepared. */
  readonly ready: () => Promise<void>;
}

/** @param prepare makes the tables. Its failure is that of every statement that waits for it. */
export function prepared(connection: Connection, prepare: () => Promise<void>): PreparedConnection {
  let preparing: Promise<void> | null = null;
  const ready = (): Promise<void> => {
    preparing ??= prepare().catch((error: unknown) => {
      preparing = null;
      throw error;
    });
    return preparing;
  };
  return {
    ready,
    query: async (...query) => {
      await ready();
      return connection.query(...query);
    },
    insert: async (...insert) => {
      await ready();
      return connection.insert(...insert);
    },
    command: async (...command) => {
      await ready();
      return connection.command(...command);
    },
    close: () => connection.close(),
  };
}
