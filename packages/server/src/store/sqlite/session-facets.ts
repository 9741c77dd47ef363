import type { Facet, FacetCounts, FacetValue, SessionFacets, SessionFilter } from '@powerrag/protocol';
import type { TextKind } from '../findable-texts.js';
import { compareText } from '../order.js';
import { type FacetQuery, filterForFacet, MAX_FACET_SESSIONS } from '../session-filter.js';
import type { Prepare } from './conditions.js';
import type { SessionLists } from './session-lists.js';
import { KINDS } from './text-rows.js';

/** Of a kind with more values than this, those of the latest sessions are counted. */
const MAX_VALUES = 5_000;

/** The latest sessions that match a filter. */
interface Latest {
  /** Their keys as a JSON list. */
  readonly keys: string;
  readonly isExact: boolean;
}

/** Counts the values of sessions. */
export class SessionFacetRows {
  readonly #prepare: Prepare;
  readonly #lists: SessionLists;

  constructor(prepare: Prepare, lists: SessionLists) {
    this.#prepare = prepare;
    this.#lists = lists;
  }

  facets(projectId: string, { filter, facets, limit }: FacetQuery): SessionFacets {
    const known = new Map<string, Latest>();
    const latest = (of: SessionFilter): Latest => {
      const id = JSON.stringify(of);
      const found = known.get(id) ?? this.#latest(projectId, of);
      known.set(id, found);
      return found;
    };
    return Object.fromEntries(
      facets.map((facet): [Facet, FacetCounts] => {
        const of = filterForFacet(filter, facet);
        const isText = facet !== 'score' && facet !== 'hasErrors';
        const all =
          isText && this.#lists.conditions(projectId, of)?.length === 0 ? this.#ofAll(projectId, facet) : null;
        if (all !== null) return [facet, { values: all.slice(0, limit), isExact: true }];
        const { keys, isExact } = latest(of);
        return [facet, { values: this.#ofLatest(keys, facet, limit), isExact }];
      }),
    );
  }

  /** Of all sessions; null where there are more values than are read. */
  #ofAll(projectId: string, kind: TextKind): FacetValue[] | null {
    const values = this.#values(
      `SELECT value, session_count AS count FROM texts WHERE project_id = ? AND kind = ? AND session_count > 0 LIMIT ?`,
      [projectId, KINDS[kind], MAX_VALUES + 1],
    );
    if (values.length > MAX_VALUES) return null;
    return values.sort((a, b) => b.count - a.count || compareText(a.value, b.value));
  }

  #ofLatest(keys: string, facet: Facet, limit: number): FacetValue[] {
    return this.#values(`${countSql(facet)} ORDER BY count DESC, value LIMIT ?`, [keys, limit]);
  }

  #values(sql: string, values: readonly (string | number)[]): FacetValue[] {
    const rows = this.#prepare(sql).all(...values) as FacetValue[];
    return rows.map(({ value, count }) => ({ value, count }));
  }

  #latest(projectId: string, filter: SessionFilter): Latest {
    const keys = this.#lists.latestKeys(projectId, filter, MAX_FACET_SESSIONS + 1);
    return { keys: JSON.stringify(keys.slice(0, MAX_FACET_SESSIONS)), isExact: keys.length <= MAX_FACET_SESSIONS };
  }
}

/** Counts values among the sessions whose keys a JSON list has. */
function countSql(facet: Facet): string {
  if (facet === 'hasErrors') {
    return `SELECT CASE WHEN error_count > 0 THEN 'true' ELSE 'false' END AS value, count(*) AS count
      FROM json_each(?) AS latest CROSS JOIN sessions ON sessions.session_key = latest.value GROUP BY 1`;
  }
  if (facet === 'score') {
    return `SELECT annotations.name AS value, count(DISTINCT annotations.session_key) AS count
      FROM json_each(?) AS latest CROSS JOIN annotations INDEXED BY annotations_by_session
        ON annotations.session_key = latest.value AND annotations.kind = 'score' GROUP BY 1`;
  }
  return `SELECT texts.value AS value, counted.sessions AS count
    FROM (SELECT text_key, count(*) AS sessions
      FROM json_each(?) AS latest CROSS JOIN session_texts
        ON session_texts.session_key = latest.value AND session_texts.kind = ${KINDS[facet]}
      GROUP BY text_key) AS counted JOIN texts USING (text_key)`;
}
