import {
  mergeChange,
  mergePage,
  type ReplayChanges,
  type ReplayDocument,
  type ReplayPosition,
} from '@powerrag/protocol';
import { fetchChanges, fetchObservations, fetchReplay } from './client.js';

/** The document as the server has it now: what changed since the known one, or all of it if none is known. */
export async function bringUpToDate(
  sessionId: string,
  known: ReplayDocument | null,
  signal: AbortSignal,
): Promise<ReplayDocument> {
  if (known === null) return fetchReplay(sessionId, signal);
  const changes = await fetchChanges(sessionId, known, signal);
  return withChanges(known, changes) ?? fetchReplay(sessionId, signal);
}

/** The document after changes from its own position; null when it has to be read again, or brought up to date from where it is. */
export function withChanges(document: ReplayDocument, answer: ReplayChanges): ReplayDocument | null {
  const { from, changes, revision, asOfMs } = answer;
  if (from === null || !leadsOn(from, document)) return null;
  let current: ReplayDocument | null = document;
  for (const change of changes) current = current === null ? null : mergeChange(current, change);
  // Where nothing changed, it still is the document as of a later time.
  return current === null ? null : { ...current, revision, asOfMs };
}

/** Whether changes bring nothing that the document does not have: they were overtaken. */
export function isBehind({ revision, asOfMs }: ReplayPosition, document: ReplayDocument): boolean {
  return revision < document.revision || (revision === document.revision && asOfMs <= document.asOfMs);
}

/** The document with its next page of observations. */
export async function withNextPage(
  sessionId: string,
  cursor: string,
  signal: AbortSignal,
): Promise<(document: ReplayDocument) => ReplayDocument | null> {
  const page = await fetchObservations(sessionId, cursor, signal);
  return (document) => mergePage(document, page);
}

/** At one revision, what a reader saw earlier is part of what the document is: changes after it fit, those after a later look may not. */
function leadsOn(from: ReplayPosition, document: ReplayDocument): boolean {
  return from.revision === document.revision && from.asOfMs <= document.asOfMs;
}
