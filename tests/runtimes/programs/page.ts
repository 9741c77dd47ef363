import { runContract } from '../contract/contract.js';

/** For a page: whoever evaluates it awaits this. */
export const results = runContract();
