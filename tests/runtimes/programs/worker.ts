import { runContract } from '../contract/contract.js';

/** A Worker that needs only the standard. */
export default {
  fetch: async (): Promise<Response> => Response.json(await runContract()),
};
