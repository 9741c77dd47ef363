import type { Log } from '../base/log.js';

/** A log that nobody reads. */
export const quietLog: Log = { info: () => {}, error: () => {} };
