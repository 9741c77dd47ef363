import { bodyAt } from './span-reader.js';

/** Firebase Genkit (`genkit:*`), whose actions write what went in and came out as JSON. */

export const input = bodyAt('genkit:input');
export const output = bodyAt('genkit:output');
