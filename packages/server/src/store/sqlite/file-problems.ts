/** What happened to the database file, for the client and the operator. */
export interface Problem {
  readonly what: string;
  readonly fix: string;
  /** Whether the file that is open still holds what was stored, so that the log may be moved into it. */
  readonly isWhole: boolean;
}

export const TAKEN: Problem = {
  what: 'another server has taken over the database',
  fix: 'Two servers must not share a database: stop one of them, or give it another with --database.',
  isWhole: false,
};

export const DELETED: Problem = {
  what: 'the database file was deleted',
  fix: 'The page still shows what was stored until this server is stopped. To continue, stop it, put a backup in place or none, and start it again.',
  isWhole: true,
};

export const MOVED: Problem = {
  what: 'the database file was moved',
  fix: 'Move it back, or stop this server and name its new place with --database.',
  isWhole: true,
};

export const REPLACED: Problem = {
  what: 'the database file was replaced by another',
  fix: 'To continue with the file that is there now, stop this server, delete the files ending in -wal and -shm beside it, and start it again.',
  isWhole: true,
};

export const LOG_CUT: Problem = {
  what: 'the write-ahead log, -wal, was overwritten or cut',
  fix: 'What was in it is lost. Stop this server, delete the files ending in -wal and -shm, and start it again.',
  isWhole: false,
};

export const OVERWRITTEN: Problem = {
  what: 'the database file was overwritten or cut',
  fix: 'Stop this server, delete the files ending in -wal and -shm beside it, restore the backup, and start it again.',
  isWhole: false,
};

/** @param ending such as `-wal`. */
export function sideFileGone(ending: string): Problem {
  return {
    what: `a file of the database, ${ending}, was deleted or replaced`,
    fix: 'Stop this server and start it again.',
    isWhole: true,
  };
}
