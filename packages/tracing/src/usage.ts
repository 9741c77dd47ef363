const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(prompt|input)_?tokens$/i, 'input'],
  [/^(completion|output)_?tokens$/i, 'output'],
  [/^total_?tokens$/i, 'total'],
];

/**
 * Token counts by kind. OpenAI's usage objects count the details (cached, reasoning, audio) into their totals too: here each
 * detail is a kind of its own and taken out of `input` or `output`, so that kinds add up.
 */
export function usageByKind(usage: object): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, value] of Object.entries(usage)) {
    if (isCount(value)) counts[KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? name] = value;
  }
  for (const [name, value] of Object.entries(usage)) {
    if (typeof value === 'object' && value) takeOut(counts, /^(prompt|input)/.test(name) ? 'input' : 'output', value);
  }
  return counts;
}

function takeOut(counts: Record<string, number>, side: string, details: object): void {
  for (const [detail, count] of Object.entries(details)) {
    if (!isCount(count)) continue;
    counts[`${side}_${detail}`] = count;
    if (counts[side] !== undefined) counts[side] = Math.max(0, counts[side] - count);
  }
}

function isCount(value: unknown): value is number {
  return Number.isFinite(value);
}
