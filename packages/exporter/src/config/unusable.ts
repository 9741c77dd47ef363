import type { Transport } from '../base/send-result.js';

/** What an unusable setting makes of the exporter: nothing is sent, and the message says how to mend it. */
export interface Unusable {
  readonly problem: string;
}

/** Stands in where a setting, which has been named in the log, allows nothing to be sent: refuses every batch. */
export function unusableTransport(): Transport {
  return {
    send: async () => ({ status: 'refused', message: 'a setting that was named before lets nothing be sent' }),
    close: async () => {},
  };
}
