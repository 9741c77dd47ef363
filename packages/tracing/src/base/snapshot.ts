import { maxValueLength, snapshotJsonOf, snapshotOf } from '@powerrag/protocol';

export { cut, maxValueLength, wellFormed } from '@powerrag/protocol';

/** The text that records a value, up to the limit that the application set; see `snapshotOf`. */
export function snapshot(value: unknown): string | undefined {
  return snapshotOf(value, maxValueLength());
}

/** Like `snapshot`, but JSON for strings too, and `null` for nothing. */
export function snapshotJson(value: unknown): string {
  return snapshotJsonOf(value, maxValueLength());
}
