import { readMetadata } from '@powerrag/protocol';
import type { TraceCondition, TraceNumber } from '../trace-conditions.js';
import type { Parameter } from './connection.js';

type Add = (sql: string, parameters: Record<string, Parameter>) => void;

/** The columns of texts of which a trace has one. */
export const TRACE_FIELDS = {
  userId: 'user_id',
  name: 'name',
  version: 'trace_version',
  release: 'release',
  environment: 'environment',
} as const;

export const TRACE_NUMBERS: Readonly<Record<TraceNumber, string>> = {
  startMs: 'start_ms',
  endMs: 'end_ms',
  durationMs: '(end_ms - start_ms)',
  inputTokens: "JSONExtractFloat(shown, 'inputTokens')",
  outputTokens: "JSONExtractFloat(shown, 'outputTokens')",
  totalTokens: "JSONExtractFloat(shown, 'totalTokens')",
  costNano: "round(JSONExtractFloat(shown, 'totalCost') * 1e9)",
  errorCount: "JSONExtractFloat(shown, 'errorCount')",
};

/** @param name of the condition's parameters, its own in the query. */
export function addTraceCondition(condition: TraceCondition, name: string, add: Add): void {
  if (condition.kind === 'number') {
    const { number, operator, value } = condition;
    add(`${TRACE_NUMBERS[number]} ${operator} {${name}:Float64}`, { [name]: value });
  } else if (condition.text === 'tag') {
    add(`hasAny(tags, {${name}:Array(String)})`, { [name]: condition.anyOf });
  } else if (condition.text === 'metadata') {
    addMetadata(condition.anyOf, name, add);
  } else {
    add(`${TRACE_FIELDS[condition.text]} IN {${name}:Array(String)}`, { [name]: condition.anyOf });
  }
}

/** A text is compared as it is; a number or a boolean as it stands in JSON. */
function addMetadata(anyOf: readonly string[], name: string, add: Add): void {
  const parameters: Record<string, Parameter> = {};
  const sql = anyOf.flatMap((text, index) => {
    const condition = readMetadata(text);
    if (condition === null) return [];
    const [key, value] = [`${name}k${index}`, `${name}v${index}`];
    Object.assign(parameters, { [key]: condition.key, [value]: condition.value });
    const at = `shown, 'metadata', {${key}:String}`;
    const read = `if(JSONType(${at}) = 'String', JSONExtractString(${at}), JSONExtractRaw(${at}))`;
    return `(JSONHas(${at}) AND JSONType(${at}) NOT IN ('Object', 'Array', 'Null') AND ${read} = {${value}:String})`;
  });
  add(sql.length === 0 ? '0' : `(${sql.join(' OR ')})`, parameters);
}
