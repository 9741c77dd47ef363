import { usageByKind as kindsOfUsage } from '@powerrag/protocol';
import { isObject } from '../base/inert.js';

/** Token counts by kinds that do not overlap, of a usage object as any provider gives it. Never throws. */
export function usageByKind(usage: unknown): Record<string, number> | undefined {
  return isObject(usage) ? kindsOfUsage(usage) : undefined;
}
