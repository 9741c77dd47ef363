import { runContract } from '../contract/contract.js';

/** A Worker of which nothing is asked but the standard. */
export default {
  fetch: async (): Promise<Response> => Response.json(await runContract()),
};
