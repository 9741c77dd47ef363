import type { Transport } from '../sender/send-result.js';

/** Stands in where the settings allow nothing to be sent: refuses every batch with what is wrong. */
export function unusableTransport(problem: string): Transport {
  return {
    send: async () => ({ status: 'refused', message: problem }),
    close: async () => {},
  };
}
