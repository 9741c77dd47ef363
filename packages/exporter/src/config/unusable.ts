import type { Transport } from '../base/send-result.js';

/** A setting that makes sending impossible. */
export interface Unusable {
  /** Names the setting and the fix, for the log. */
  readonly problem: string;
}

/** Refuses every batch, because a setting that was logged at the start makes sending impossible. */
export function unusableTransport(): Transport {
  return {
    send: async () => ({ status: 'refused', message: 'a setting, logged at the start, makes sending impossible' }),
    close: async () => {},
  };
}
