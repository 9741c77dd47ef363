/** The database cannot be used. The message tells the operator why and what to do. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}

/** SQLite's error, explained for the operator. */
export function explain(error: unknown, path: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (/not a database/i.test(reason)) {
    return `${path} is not a PowerRAG database; name another file with --database.`;
  }
  if (/malformed|corrupt/i.test(reason)) {
    return `${path} is damaged (${reason}); restore it from a backup, or name another file with --database.`;
  }
  if (/no such (table|column)/i.test(reason)) {
    return `${path} lacks a part of its schema (${reason}), which another program has removed; restore it from a backup.`;
  }
  return `The database ${path} cannot be used: ${reason}. Check that the file and its folder are writable.`;
}
