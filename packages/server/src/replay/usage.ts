import type { TokenUsage } from '@powerrag/protocol';

/** Null when no count is known. */
export function toTokenUsage(usage: Readonly<Record<string, number>>): TokenUsage | null {
  const { total, ...details } = usage;
  if (total === undefined) return null;
  return { input: usage.input ?? 0, output: usage.output ?? 0, total, details };
}
