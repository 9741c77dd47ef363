import type { Searched } from './credential-search.js';

export const REDACTED = '[redacted]';

/** What one kind of credential looks like, and what replaces it. */
export interface Pattern extends Searched {
  readonly replacement: string;
}

/** Not the start of a variable, a placeholder or a call. */
export const LITERAL = '(?![$<{%[(]|\\w{1,64}(?:\\.[A-Za-z_]|[([]))';
