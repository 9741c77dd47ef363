import { runContract } from '../contract/contract.js';

/** For a page: what evaluates it waits for this. */
export const results = runContract();
