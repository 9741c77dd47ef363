import { parseArgs } from 'node:util';
import { type Environment, gatherOptions, withLabels } from './option-sources.js';
import { readStoreChoice } from './options.js';
import { UsageError } from './usage-error.js';

/** What `powerrag delete` is told to delete. */
export type Doomed =
  | { readonly kind: 'traces'; readonly traceIds: readonly string[] }
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'older-than'; readonly days: number };

/** The SQLite file, or a valid address of ClickHouse. */
type StoreChoice = { readonly database: string } | { readonly store: string };

export interface DeleteCommand {
  readonly name: 'delete';
  readonly from: StoreChoice;
  readonly what: Doomed;
  /** Whether to delete without asking. */
  readonly isSure: boolean;
}

const KINDS = ['--trace', '--session', '--user', '--older-than'] as const;

/** Reads the arguments after `delete`. Throws `UsageError`. */
export function readDeleteCommand(args: readonly string[], env: Environment): DeleteCommand {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) {
    throw new UsageError(`"${positionals.join(' ')}" is not an option of delete; name it with ${KINDS.join(', ')}.`);
  }
  const { trace, session, user, 'older-than': age, yes = false } = values;
  const given = [trace, session, user, age].filter((each) => each !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none is given' : `${given.length} are`;
    throw new UsageError(`delete needs one of ${KINDS.join(', ')}; ${found}. See powerrag --help.`);
  }
  const from = withLabels(gatherOptions(values, env), readStoreChoice);
  const what: Doomed =
    trace !== undefined
      ? { kind: 'traces', traceIds: trace.map((id) => notEmpty('--trace', id)) }
      : session !== undefined
        ? { kind: 'session', sessionId: notEmpty('--session', session) }
        : user !== undefined
          ? { kind: 'user', userId: notEmpty('--user', user) }
          : { kind: 'older-than', days: daysOf(age ?? '') };
  return { name: 'delete', from, what, isSure: yes };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        database: { type: 'string' },
        store: { type: 'string' },
        trace: { type: 'string', multiple: true },
        session: { type: 'string' },
        user: { type: 'string' },
        'older-than': { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error);
    throw new UsageError(`delete: ${reason}. See powerrag --help.`);
  }
}

function notEmpty(flag: string, id: string): string {
  if (id === '') throw new UsageError(`${flag} must be an id that is not empty.`);
  return id;
}

function daysOf(text: string): number {
  if (/^[1-9]\d{0,4}d$/.test(text)) return Number.parseInt(text, 10);
  throw new UsageError(`--older-than must be a number of days from 1d to 99999d, such as 30d, got "${text}".`);
}
