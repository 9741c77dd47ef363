import type { SessionSort } from '@powerrag/protocol';

export interface Column {
  readonly name: string;
  /** The classes of its cells. */
  readonly look: string;
  /** What the list can be ordered by it. */
  readonly sort?: SessionSort;
}

/** In the order of the cells of a row. */
export const COLUMNS: readonly Column[] = [
  { name: 'Session', look: 'sessions-about' },
  { name: 'User', look: 'sessions-user' },
  { name: 'Model', look: 'sessions-model' },
  { name: 'Activity', look: 'sessions-activity' },
  { name: 'Turns', look: 'number sessions-turns', sort: 'turns' },
  { name: 'Tokens', look: 'number sessions-tokens', sort: 'tokens' },
  { name: 'Cost', look: 'number sessions-cost', sort: 'cost' },
  { name: 'Errors', look: 'number sessions-errors', sort: 'errors' },
  { name: 'Duration', look: 'number sessions-duration', sort: 'duration' },
  { name: 'Last activity', look: 'number sessions-last', sort: 'lastActivity' },
];
