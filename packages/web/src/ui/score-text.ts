import type { ActivityScore } from '@powerrag/protocol';
import { formatCount } from './format.js';

const DECIMALS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** What scores of one name come to, as it stands behind their name: `yes`, `50 % yes`, `0.75`, `friendly`. */
export function scoreText({ dataType, value, stringValue }: Omit<ActivityScore, 'name' | 'count'>): string {
  if (dataType === 'BOOLEAN' && value !== null) {
    return value === 1 ? 'yes' : value === 0 ? 'no' : `${Math.round(value * 100)} % yes`;
  }
  if (value !== null) return Number.isInteger(value) ? formatCount(value) : DECIMALS.format(value);
  return stringValue ?? '';
}

/** Whether a score says by itself that it is bad: a yes-or-no that is no. */
export function isBad({ dataType, value }: Pick<ActivityScore, 'dataType' | 'value'>): boolean {
  return dataType === 'BOOLEAN' && value !== null && value < 0.5;
}
