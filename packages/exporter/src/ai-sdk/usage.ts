import { isObject, read, usageByKind } from '@powerrag/protocol';

/**
 * Token counts by kind, of the usage that a model reports to the AI SDK 7 (`{ inputTokens: { total, cacheRead, cacheWrite },
 * outputTokens: { total, reasoning } }`) or that the SDK reports to its callers (`{ inputTokens, outputTokens, … }`, `{ tokens }` of
 * embeddings); undefined where nothing is counted.
 */
export function tokenCounts(usage: unknown): Readonly<Record<string, number>> | undefined {
  if (!isObject(usage)) return undefined;
  const [input, output, tokens] = [read(usage, 'inputTokens'), read(usage, 'outputTokens'), read(usage, 'tokens')];
  if (typeof tokens === 'number') return { input: tokens, total: tokens };
  if (!isObject(input) && !isObject(output)) return usageByKind(usage);
  return usageByKind({
    inputTokens: read(input, 'total'),
    inputTokenDetails: { cacheReadTokens: read(input, 'cacheRead'), cacheWriteTokens: read(input, 'cacheWrite') },
    outputTokens: read(output, 'total'),
    outputTokenDetails: { reasoningTokens: read(output, 'reasoning') },
  });
}
