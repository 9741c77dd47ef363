import { badRequest } from '../../base/http-errors.js';
import type { SessionReader, StoredTrace, TraceList, TraceQuery } from '../../store/contract.js';
import { COUNTED } from './paging.js';

/** Traces that are read at once, and that one request looks at, at most. */
const AT_ONCE = 100;
const MOST_EXAMINED = 20_000;

/**
 * A page of the traces that match, of those that the store finds: for conditions that no index answers.
 * They are counted up to `COUNTED`, or a page beyond what is shown.
 */
export async function pageOfTraces(
  reader: SessionReader,
  projectId: string,
  { limit, offset, ...query }: TraceQuery & { readonly limit: number; readonly offset: number },
  matches: (trace: StoredTrace) => Promise<boolean>,
): Promise<TraceList> {
  const traces: StoredTrace[] = [];
  let total = 0;
  for (let at = 0; at < MOST_EXAMINED; at += AT_ONCE) {
    const page = await reader.listTraces(projectId, { ...query, limit: AT_ONCE, offset: at, isCounted: false });
    for (const trace of page.traces) {
      if (!(await matches(trace))) continue;
      if (total >= offset && traces.length < limit) traces.push(trace);
      total += 1;
      if (total >= Math.max(COUNTED, offset + 2 * limit)) return { traces, total };
    }
    if (page.traces.length < AT_ONCE) return { traces, total };
  }
  throw badRequest(
    `filter cannot be answered: more than ${MOST_EXAMINED} traces would have to be looked at. Add a condition on timestamp, or one with = or any of.`,
  );
}
