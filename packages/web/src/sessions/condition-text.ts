import { NUMBER_FILTERS, TIME_FILTERS } from '@powerrag/protocol';
import { formatAbsolute, formatCost, formatCount, formatDuration } from '../ui/format.js';
import type { Condition } from './filter-edits.js';

/** The value of a condition as a person writes it. */
export function conditionText({ name, value }: Condition): string {
  if (name === 'hasErrors') return value === 'true' ? 'with errors' : 'none';
  if (Object.hasOwn(TIME_FILTERS, name)) return formatAbsolute(Date.parse(value));
  const { duration, cost } = NUMBER_FILTERS;
  if (name === duration.min || name === duration.max) return formatDuration(Number(value));
  if (name === cost.min || name === cost.max) return formatCost(Number(value));
  const isNumber = Object.values(NUMBER_FILTERS).some(({ min, max }) => name === min || name === max);
  return isNumber ? formatCount(Number(value)) : value;
}
