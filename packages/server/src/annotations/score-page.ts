import { badRequest } from '../base/http-errors.js';
import { meetsAll } from '../read/langfuse/checks.js';
import type { WrittenCondition } from '../read/langfuse/filter-json.js';
import { COUNTED } from '../read/langfuse/paging.js';
import type { Annotation, AnnotationList, Annotations } from '../store/annotations.js';
import type { SessionReader, StoredTrace } from '../store/contract.js';
import { SCORE_COLUMNS } from './score-columns.js';
import type { Narrowed } from './score-fields.js';

/** Scores that are read at once, and that one request looks at, at most. */
const AT_ONCE = 500;
const MOST_EXAMINED = 20_000;

interface PageQuery {
  readonly projectId: string;
  readonly narrowed: Narrowed;
  readonly limit: number;
  readonly offset: number;
}

/**
 * A page of the scores that the store finds and that meet what no index answers. They are counted up to `COUNTED`, or a page beyond
 * what is shown. Throws a 400 for a condition that is not answered, and when too many would have to be looked at.
 */
export async function pageOfScores(
  { annotations, reader }: { readonly annotations: Annotations; readonly reader: Pick<SessionReader, 'getTrace'> },
  { projectId, narrowed, limit, offset }: PageQuery,
  rest: readonly WrittenCondition[],
): Promise<AnnotationList> {
  const asked = { ...narrowed, kind: 'score' } as const;
  if (rest.length === 0) return annotations.listAnnotations(projectId, { ...asked, limit, offset });
  const meets = meetsAll(rest, SCORE_COLUMNS);
  const traceOf = tracesOf(reader, projectId);
  const page: Annotation[] = [];
  let [total, examined] = [0, 0];
  for (let after = narrowed.after; examined < MOST_EXAMINED; ) {
    const query = { ...asked, ...(after !== undefined && { after }), limit: AT_ONCE, offset: 0 };
    const { annotations: found } = await annotations.listAnnotations(projectId, query);
    for (const score of found) {
      if (!(await meets({ score, readTrace: () => traceOf(score) }))) continue;
      if (total >= offset && page.length < limit) page.push(score);
      total += 1;
      if (total >= Math.max(COUNTED, offset + 2 * limit)) return { annotations: page, total };
    }
    if (found.length < AT_ONCE) return { annotations: page, total };
    examined += found.length;
    after = found.at(-1);
  }
  throw badRequest(
    `userId, traceTags or filter cannot be answered: more than ${MOST_EXAMINED} scores would have to be looked at. Send fromTimestamp, name or traceId too.`,
  );
}

/** The traces of scores, each read once. */
export function tracesOf(
  reader: Pick<SessionReader, 'getTrace'>,
  projectId: string,
): (score: Annotation) => Promise<StoredTrace | null> {
  const known = new Map<string, Promise<StoredTrace | null>>();
  return async ({ traceId }) => {
    if (traceId === null) return null;
    const trace = known.get(traceId) ?? reader.getTrace(projectId, traceId);
    known.set(traceId, trace);
    return trace;
  };
}
