import type { ClientReport } from '@powerrag/protocol';

/** The latest report of one client, and when servers heard of it. Times are Unix milliseconds. */
export interface ReceivedClientReport extends ClientReport {
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** Reports that are kept of a project: of the clients that were heard of last. */
export const MAX_CLIENTS = 200;

/** Keeps what clients report of themselves where several servers see it. */
export interface ClientReportStore {
  /** Idempotent and commutative: of two reports of one client the one with more dropped spans stands, then the later. */
  writeClientReports(projectId: string, reports: readonly ReceivedClientReport[]): Promise<void>;
  /** The latest report of each client, most recent first, `MAX_CLIENTS` at most. */
  listClientReports(projectId: string): Promise<readonly ReceivedClientReport[]>;
}

/** Spans that will not arrive. */
export function droppedIn({ dropped }: ClientReport): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}
