import { toTraceId } from '../../observation/foreign-id.js';
import type { TraceQuery } from '../../store/contract.js';
import type { TraceCondition } from '../../store/trace-conditions.js';
import { meetsAll } from './checks.js';
import { timeOf } from './comparisons.js';
import { isTexts, type WrittenCondition } from './filter-json.js';
import { type Candidate, OBSERVATION_COLUMNS } from './observation-columns.js';

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

/** Reads conditions, all of which an observation must meet. Throws a 400 for one that is not answered. */
export function observationFilter(written: readonly WrittenCondition[]): ObservationFilter {
  return { ...narrowed(written), matches: meetsAll(written, OBSERVATION_COLUMNS) };
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
