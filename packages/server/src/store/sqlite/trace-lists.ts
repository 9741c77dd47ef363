import type { TraceQuery } from '../contract.js';
import { inUtf8, type TextKind } from '../findable-texts.js';
import type { TraceCondition, TraceNumber } from '../trace-conditions.js';
import { and, boundedCount, type Condition, type FindingCondition, type Prepare, rarest } from './conditions.js';
import { placeholders } from './driver.js';
import { KINDS } from './text-rows.js';
import type { TraceRow } from './trace-rows.js';

/** Lists of traces. A page starts from the traces that meet its rarest condition, or reads traces, or those of its session, in order. */
export class TraceLists {
  readonly #prepare: Prepare;

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  page(projectId: string, query: TraceQuery): { readonly rows: readonly TraceRow[]; readonly total: number } {
    const conditions = this.#conditions(projectId, query);
    if (conditions === null) return { rows: [], total: 0 };
    const direction = query.order === 'desc' ? 'DESC' : 'ASC';
    const [best, sort] = [rarest(conditions), query.sort ?? 'start'];
    const ordered = conditions.find((condition): condition is FindingCondition => 'inOrder' in condition);
    // No order is made of what an index has in order already.
    const index = best === null || best === ordered ? ordered?.inOrder?.[sort] : undefined;
    const order = { ...ORDERS[sort], ...(index !== undefined && { index }) };
    const start = index === undefined ? best : null;
    const inOrder = `ORDER BY ${order.column} ${direction}, trace_id ${direction}`;
    const select = start === null ? 'traces.*' : 'trace_key AS found_key';
    const { sql, values } = matchingSql(projectId, conditions, select, { start, order });
    const page = `${sql} ${inOrder} LIMIT ? OFFSET ?`;
    // Rows are wide: of those that a page starts from only its own are read whole.
    const found = this.#prepare(
      start === null
        ? page
        : `SELECT traces.* FROM (${page}) AS started CROSS JOIN traces ON trace_key = found_key ${inOrder}`,
    );
    const offset = query.offset ?? 0;
    const rows = found.all(...values, query.limit ?? -1, offset) as TraceRow[];
    return { rows, total: query.isCounted === false ? offset + rows.length : this.#count(projectId, conditions) };
  }

  /** Exact, for clients that count pages: from the rarest condition, however many meet it. */
  #count(projectId: string, conditions: readonly (Condition | FindingCondition)[]): number {
    const [only] = conditions;
    if (conditions.length === 1 && only !== undefined && 'source' in only && only.isExact) {
      return only.size(Number.MAX_SAFE_INTEGER);
    }
    const start = rarest(conditions, Number.MAX_SAFE_INTEGER - 1);
    const { sql, values } = matchingSql(projectId, conditions, 'count(*) AS total', { start, order: ORDERS.start });
    return (this.#prepare(sql).get(...values) as { total: number }).total;
  }

  /** Null when no trace can meet them. */
  #conditions(projectId: string, query: TraceQuery): (Condition | FindingCondition)[] | null {
    const {
      sessionId,
      userId,
      name,
      version,
      release,
      tags = [],
      environments = [],
      fromMs,
      toMs,
      afterRevision,
      where = [],
    } = query;
    const conditions: (Condition | FindingCondition | null)[] = [];
    if (sessionId !== undefined) conditions.push(this.#ofSession(projectId, sessionId, afterRevision));
    else if (afterRevision !== undefined) conditions.push({ sql: 'traces.revision > ?', values: [afterRevision] });
    const one = { userId, name, version, release };
    for (const [kind, value] of Object.entries(one)) {
      if (value !== undefined) conditions.push(this.#ofTexts(projectId, kind as keyof typeof one, [value]));
    }
    for (const tag of tags) conditions.push(this.#ofTexts(projectId, 'tag', [tag]));
    if (environments.length > 0) conditions.push(this.#ofTexts(projectId, 'environment', environments));
    if (fromMs !== undefined) conditions.push({ sql: 'start_ms >= ?', values: [fromMs] });
    if (toMs !== undefined) conditions.push({ sql: 'start_ms < ?', values: [toMs] });
    for (const condition of where) {
      conditions.push(
        condition.kind === 'text'
          ? this.#ofTexts(projectId, condition.text, condition.anyOf)
          : numberCondition(condition),
      );
    }
    const met = conditions.filter((condition) => condition !== null);
    return met.length < conditions.length ? null : met;
  }

  #ofSession(projectId: string, sessionId: string, afterRevision: number | undefined): FindingCondition | null {
    const find = this.#prepare('SELECT session_key, trace_count FROM sessions WHERE project_id = ? AND session_id = ?');
    const session = find.get(projectId, sessionId) as { session_key: number; trace_count: number } | undefined;
    if (session === undefined) return null;
    if (afterRevision !== undefined) {
      const values = [session.session_key, afterRevision];
      const source = {
        sql: 'SELECT trace_key FROM traces INDEXED BY traces_by_revision WHERE session_key = ? AND revision > ?',
        values,
      };
      return {
        ...{ sql: 'traces.session_key = ? AND traces.revision > ?', values, source },
        size: (limit) => boundedCount(source, limit, this.#prepare),
      };
    }
    const values = [session.session_key];
    return {
      ...{ sql: 'traces.session_key = ?', values },
      source: { sql: 'SELECT trace_key FROM traces INDEXED BY traces_by_session WHERE session_key = ?', values },
      size: () => session.trace_count,
      isExact: true,
      inOrder: { start: 'traces_by_session', end: 'traces_by_end' },
    };
  }

  #ofTexts(projectId: string, kind: TextKind, texts: readonly string[]): FindingCondition | null {
    const find = this.#prepare(
      'SELECT text_key, trace_count FROM texts WHERE project_id = ? AND kind = ? AND value = ?',
    );
    const distinct = new Set(texts.map(inUtf8));
    const rows = [...distinct].flatMap((text) => find.get(projectId, KINDS[kind], text) ?? []) as {
      text_key: number;
      trace_count: number;
    }[];
    if (rows.length === 0) return null;
    const values = rows.map(({ text_key }) => text_key);
    const among = `text_key IN (${placeholders(values)})`;
    return {
      sql: `EXISTS (SELECT 1 FROM trace_texts AS seen WHERE seen.${among} AND seen.trace_key = traces.trace_key)`,
      values,
      source: {
        sql: `SELECT ${values.length > 1 ? 'DISTINCT ' : ''}trace_key FROM trace_texts WHERE ${among}`,
        values,
      },
      size: () => rows.reduce((sum, { trace_count }) => sum + trace_count, 0),
      // A trace may have several of the texts.
      isExact: rows.length === 1,
    };
  }
}

/** What traces are ordered by, with the index that has them in this order. */
const ORDERS = {
  start: { column: 'start_ms', index: 'traces_by_start' },
  end: { column: 'end_ms', index: 'traces_by_last' },
} as const;

const COLUMNS: Readonly<Record<TraceNumber, string>> = {
  startMs: 'start_ms',
  endMs: 'end_ms',
  durationMs: '(end_ms - start_ms)',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  totalTokens: 'total_tokens',
  costNano: 'cost_nano',
  errorCount: 'error_count',
};

function numberCondition({ number, operator, value }: TraceCondition & { readonly kind: 'number' }): Condition {
  return { sql: `${COLUMNS[number]} ${operator} ?`, values: [value] };
}

function matchingSql(
  projectId: string,
  conditions: readonly (Condition | FindingCondition)[],
  select: string,
  { start, order }: { readonly start: FindingCondition | null; readonly order: { readonly index: string } },
): Condition {
  const rest = conditions.filter((condition) => condition !== start);
  const from =
    start === null
      ? `traces INDEXED BY ${order.index}`
      : `(${start.source.sql}) AS started CROSS JOIN traces INDEXED BY traces_by_number USING (trace_key)`;
  return {
    sql: `SELECT ${select} FROM ${from} WHERE traces.project_id = ?${and(rest)}`,
    values: [...(start?.source.values ?? []), projectId, ...rest.flatMap(({ values }) => values)],
  };
}
