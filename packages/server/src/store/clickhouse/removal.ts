import { type Cluster, storedIn } from './schema.js';

/** Bytes that a statement may have: it names ids by the thousand. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A statement that removes rows from the files themselves, and answers when they are gone on every replica. */
export function removal(table: string, cluster: Cluster, where: string): string {
  return `ALTER TABLE ${storedIn(table, cluster)} DELETE WHERE ${where}
    SETTINGS mutations_sync = 2, max_query_size = ${MOST_BYTES}`;
}
