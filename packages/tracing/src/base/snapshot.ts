import { DEFAULT_MAX_LENGTH, snapshotJsonOf, snapshotOf } from '@powerrag/protocol';
import { sharedState } from './shared-state.js';

export { cut, isPlain, wellFormed } from '@powerrag/protocol';

/** The text that records a value, up to the limit that the application set; see `snapshotOf`. */
export function snapshot(value: unknown): string | undefined {
  return snapshotOf(value, maxLength());
}

/** Like `snapshot`, but JSON for strings too, and `null` for nothing. */
export function snapshotJson(value: unknown): string {
  return snapshotJsonOf(value, maxLength());
}

/** The most that is recorded of one value, in UTF-16 code units. */
export function maxLength(): number {
  return sharedState().options.maxValueLength ?? DEFAULT_MAX_LENGTH;
}
