import type { ReplayDocument, ReplayObservations } from '@powerrag/protocol';
import { getJson } from './http.js';

/** What happened to every emitted span: emitted = stored + rejected + dropped + spooled + still queued. */
export interface LossAccount {
  /** Spans that neither a count of the exporter nor a row of the store explains. Anything but 0 is a silent drop. */
  readonly unaccounted: number;
  readonly emitted: number;
  readonly stored: number;
  /** Rows beyond the first for one span. */
  readonly duplicated: number;
  /** Dropped and rejected, by reason; reasons that did not occur are left out. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly stillQueued: number;
}

/** The counts of `stats()` for spans that were not delivered, which the ledger needs. */
export interface Confessed {
  readonly dropped: Readonly<Record<string, number>>;
  readonly pending: number;
  readonly spooled: number;
}

/** For an exporter without counts, or that was killed before reporting them: what is not stored was dropped silently. */
export const NOTHING_CONFESSED: Confessed = { dropped: {}, pending: 0, spooled: 0 };

export function accountFor(emitted: readonly string[], stored: readonly string[], stats: Confessed): LossAccount {
  const rows = new Set(stored);
  const found = emitted.filter((id) => rows.has(id)).length;
  const dropped = Object.fromEntries(Object.entries(stats.dropped).filter(([, count]) => count > 0));
  const droppedTotal = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return {
    unaccounted: emitted.length - found - droppedTotal - stats.spooled - stats.pending,
    emitted: emitted.length,
    stored: found,
    duplicated: stored.length - rows.size,
    dropped,
    stillQueued: stats.pending + stats.spooled,
  };
}

/** The account when every span arrived, once. */
export function allStored(emitted: number): LossAccount {
  return { unaccounted: 0, emitted, stored: emitted, duplicated: 0, dropped: {}, stillQueued: 0 };
}

/** Ids of the observations of a session, as often as the server has them; empty when it does not know the session. */
export async function storedIds(serverUrl: string, sessionId: string): Promise<string[]> {
  const url = `${serverUrl}/api/v1/sessions/${encodeURIComponent(sessionId)}/replay`;
  if ((await fetch(url)).status === 404) return [];
  const ids: string[] = [];
  let page: ReplayObservations = await getJson<ReplayDocument>(url);
  for (;;) {
    ids.push(...page.observations.map((one) => one.id));
    if (page.nextObservations === null) return ids;
    page = await getJson<ReplayObservations>(`${url}?cursor=${encodeURIComponent(page.nextObservations)}`);
  }
}
