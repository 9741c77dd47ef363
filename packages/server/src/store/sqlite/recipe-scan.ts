import type { Database, SqlValue } from './driver.js';

/** Rows that are read in one step. */
const AT_ONCE = 500;

/** The tables that hold recipes, each with its key and the columns that are recipes. */
const TABLES = [
  { name: 'bodies', key: ['trace_key', 'observation_id'], recipes: ['input', 'output', 'metadata', 'events'] },
  { name: 'pieces', key: ['project_id', 'kind', 'source_id', 'piece_key'], recipes: ['piece'] },
  { name: 'log_events', key: ['project_id', 'trace_id', 'observation_id', 'event_key'], recipes: ['attributes'] },
  { name: 'traces', key: ['trace_key'], recipes: ['input', 'output'] },
  { name: 'trace_digests', key: ['trace_key'], recipes: ['content_keys'] },
] as const;

/** Reads every recipe of the database, a part at a time. A row that comes or changes meanwhile may be missed. */
export class RecipeScan {
  readonly #first;
  readonly #after;
  #table = 0;
  #last: readonly SqlValue[] | null = null;

  constructor(database: Database) {
    this.#first = TABLES.map((table) => database.prepare(select(table, '')));
    this.#after = TABLES.map((table) => {
      const key = table.key.join(', ');
      return database.prepare(select(table, `WHERE (${key}) > (${table.key.map(() => '?').join(', ')})`));
    });
  }

  restart(): void {
    this.#table = 0;
    this.#last = null;
  }

  /** Returns whether all were read. */
  step(visit: (recipe: string) => void): boolean {
    const table = TABLES[this.#table];
    if (table === undefined) return true;
    const last = this.#last;
    const rows = last === null ? this.#first[this.#table]?.all() : this.#after[this.#table]?.all(...last);
    for (const row of (rows ?? []) as Record<string, SqlValue>[]) {
      for (const column of table.recipes) {
        const recipe = row[column];
        if (typeof recipe === 'string') visit(recipe);
      }
      this.#last = table.key.map((column) => row[column] ?? null);
    }
    if ((rows?.length ?? 0) < AT_ONCE) {
      this.#table += 1;
      this.#last = null;
    }
    return this.#table === TABLES.length;
  }
}

function select({ name, key, recipes }: (typeof TABLES)[number], where: string): string {
  return `SELECT ${[...key, ...recipes].join(', ')} FROM ${name} ${where} ORDER BY ${key.join(', ')} LIMIT ${AT_ONCE}`;
}
