import { toTraceId } from '../../observation/foreign-id.js';
import type { TraceQuery } from '../../store/contract.js';
import type { TraceCondition } from '../../store/trace-conditions.js';
import { testOf, timeOf, type Value } from './comparisons.js';
import { isTexts, refuseCondition, type WrittenCondition } from './filter-json.js';
import { type Candidate, COLUMNS, type Column, metadataColumn } from './observation-columns.js';

/** What a list of observations asks for. */
export interface ObservationFilter {
  /** What every trace is that has a matching observation. */
  readonly traces: Pick<TraceQuery, 'sessionId'> & { readonly where: readonly TraceCondition[] };
  /** The traces that all of it is in; absent for any. */
  readonly traceIds?: readonly string[];
  /** No observation matches that starts earlier, or at this or later. Unix milliseconds. */
  readonly fromMs?: number;
  readonly toMs?: number;
  matches(candidate: Candidate): Promise<boolean>;
}

export const ANSWERED =
  `${[...COLUMNS.keys()].join(', ')} and metadata (with key), each with the types and operators of the Langfuse API: ` +
  'string (=, contains, does not contain, starts with, ends with, matches), stringOptions (any of, none of), ' +
  'arrayOptions (any of, none of, all of), number and datetime (=, >, <, >=, <=), boolean (=, <>), ' +
  'stringObject, numberObject and categoryOptions for metadata, null (is null, is not null)';

interface Check {
  readonly column: Column;
  readonly test: (value: Value) => boolean;
}

/** Reads conditions, all of which an observation must meet. Throws a 400 for one that is not answered. */
export function observationFilter(written: readonly WrittenCondition[]): ObservationFilter {
  const checks = written.map(toCheck);
  // Those that read a body come last: most candidates never get there.
  checks.sort((a, b) => Number(a.column.needsBody ?? false) - Number(b.column.needsBody ?? false));
  return {
    ...narrowed(written),
    async matches(candidate) {
      for (const { column, test } of checks) if (!test(await column.read(candidate))) return false;
      return true;
    },
  };
}

function toCheck(condition: WrittenCondition): Check {
  const { column: name, key } = condition;
  const check =
    name === 'metadata' && typeof key === 'string' && key !== ''
      ? metadataCheck(condition, key)
      : columnCheck(condition, typeof name === 'string' ? COLUMNS.get(name) : undefined);
  if (check === null) throw refuseCondition(condition, ANSWERED);
  return check;
}

function columnCheck(condition: WrittenCondition, column: Column | undefined): Check | null {
  const test = column === undefined ? null : testOf(column.kind, condition, column.normalise);
  return column === undefined || test === null ? null : { column, test };
}

/** The types of conditions on metadata, by those of a column of its own. */
const METADATA_TYPES: ReadonlyMap<unknown, readonly ['text' | 'number', string]> = new Map([
  ['stringObject', ['text', 'string']],
  ['categoryOptions', ['text', 'stringOptions']],
  ['numberObject', ['number', 'number']],
  ['null', ['text', 'null']],
]);

function metadataCheck(condition: WrittenCondition, key: string): Check | null {
  const [kind, type] = METADATA_TYPES.get(condition.type) ?? [];
  return kind === undefined ? null : columnCheck({ ...condition, type }, metadataColumn(kind, key));
}

/** What conditions say of traces and times, so that few observations are looked at. */
function narrowed(written: readonly WrittenCondition[]): Omit<ObservationFilter, 'matches'> {
  const named = (column: string) =>
    written
      .flatMap((condition) => (condition.column === column ? [wantedTexts(condition)] : []))
      .find((each) => each !== null);
  const traceIds = named('traceId')?.map(toTraceId);
  const sessionIds = named('sessionId');
  const times = (operator: string) =>
    written.flatMap(({ column, operator: given, value }) =>
      column === 'startTime' && (given === operator || given === `${operator}=`) ? [timeOf(value)] : [],
    );
  const [from, to] = [times('>'), times('<')];
  return {
    traces: {
      where: written.flatMap(ofTraces),
      ...(sessionIds?.length === 1 && sessionIds[0] !== undefined && { sessionId: sessionIds[0] }),
    },
    ...(traceIds !== undefined && { traceIds }),
    ...(from.length > 0 && { fromMs: Math.max(...from) }),
    // A little later than `<` allows: what starts at the moment of a `<=` is not left out.
    ...(to.length > 0 && { toMs: Math.min(...to) + 1 }),
  };
}

/** What a trace must be for one of its observations to meet the condition; nothing where any may do. */
function ofTraces(condition: WrittenCondition): TraceCondition[] {
  const { column, operator, value } = condition;
  const tag = (anyOf: readonly string[]): TraceCondition => ({ kind: 'text', text: 'tag', anyOf });
  switch (column) {
    case 'userId': {
      const anyOf = wantedTexts(condition);
      return anyOf === null ? [] : [{ kind: 'text', text: 'userId', anyOf }];
    }
    case 'level': {
      const isOfErrors = wantedTexts(condition)?.every((level) => level.toUpperCase() === 'ERROR') ?? false;
      return isOfErrors ? [{ kind: 'number', number: 'errorCount', operator: '>', value: 0 }] : [];
    }
    case 'tags':
    case 'traceTags':
      if (!isTexts(value)) return [];
      if (operator === 'all of') return value.map((each) => tag([each]));
      return operator === 'any of' ? [tag(value)] : [];
    default:
      return [];
  }
}

/** The texts of which the column must have one; null when it is asked for anything else. */
function wantedTexts({ type, operator, value }: WrittenCondition): readonly string[] | null {
  if (type === 'string' && operator === '=' && typeof value === 'string') return [value];
  return type === 'stringOptions' && operator === 'any of' && isTexts(value) ? value : null;
}
