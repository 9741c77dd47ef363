import type { ObservationDetails, ReplayDocument } from './replay.js';

/** Says of a JSON file that it is a session. */
export const SESSION_EXPORT_FORMAT = 'powerrag.session';
/** Grows when a reader of the version before could not read a file. */
export const SESSION_EXPORT_VERSION = 1;

/** A session with everything in it, as one file: enough to replay it without a server. Nothing in it is cut. */
export interface SessionExport {
  readonly format: typeof SESSION_EXPORT_FORMAT;
  readonly version: typeof SESSION_EXPORT_VERSION;
  /** Unix milliseconds. */
  readonly exportedAtMs: number;
  readonly replay: ReplayDocument;
  /** In the order of `replay.observations`. */
  readonly observations: readonly ObservationDetails[];
}
