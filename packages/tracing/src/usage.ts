import { isObject, ownValue } from './inert.js';

/** `prompt_tokens`, `inputTokens`, `input_tokens_details`: what is counted. */
const TOKENS = /^(?:(input|prompt)|(output|completion)|(total))_?tokens?(?:_?details)?$/i;

/**
 * Token counts by kind. OpenAI's usage objects count the details (cached, reasoning, audio) into their totals too: here each
 * detail is a kind of its own and taken out of `input` or `output`, so that kinds add up.
 */
export function usageByKind(usage: unknown): Record<string, number> | undefined {
  if (!isObject(usage)) return undefined;
  const counts: Record<string, number> = {};
  const details: [kind: string, object][] = [];
  for (const name of Object.keys(usage)) {
    const value = ownValue(usage, name);
    const kind = kindOf(name);
    if (isCount(value)) counts[kind] = value;
    else if (isObject(value)) details.push([kind, value]);
  }
  for (const [kind, detail] of details) {
    for (const name of Object.keys(detail)) {
      const count = ownValue(detail, name);
      if (!isCount(count)) continue;
      counts[`${kind}_${name}`] = count;
      if (counts[kind] !== undefined) counts[kind] = Math.max(0, counts[kind] - count);
    }
  }
  return counts;
}

function kindOf(name: string): string {
  const [, input, output, total] = TOKENS.exec(name) ?? [];
  return (input && 'input') ?? (output && 'output') ?? (total && 'total') ?? name;
}

function isCount(value: unknown): value is number {
  return Number.isFinite(value);
}
