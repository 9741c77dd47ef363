import { DEFAULT_PORT } from '@powerrag/protocol';
import * as v from 'valibot';
import { LOG_FORMATS, LOG_LEVELS, type Log } from '../base/log.js';
import type { Keys } from '../http/authentication.js';
import { isLoopback } from '../http/loopback.js';
import { InvalidAddress, readAddress } from '../store/clickhouse/address.js';

/** How a server is started. */
export interface ServerOptions {
  /** Address to listen on. Default `127.0.0.1`. An address that other machines can reach needs `keys`. */
  readonly host?: string | undefined;
  /** Port to listen on; 0 for any free one. Default 4318. */
  readonly port?: number | undefined;
  /** Path of the SQLite file, created if it does not exist. Default `./powerrag.db`. */
  readonly database?: string | undefined;
  /**
   * `clickhouse://user:password@host:8123/database`, to store in ClickHouse instead; with `?cluster=NAME` on a cluster, with
   * `secure=true` over TLS. Any number of servers may have the same one.
   */
  readonly store?: string | undefined;
  /** Path of a JSON file with prices of models, for estimated costs. Default: the prices that are built in. */
  readonly prices?: string | undefined;
  /** How long traces are kept after their end: days, such as `30d`. Default: for ever. */
  readonly retention?: string | undefined;
  /** What clients must send as HTTP Basic authentication. Default: none are needed, and only requests that name this machine are answered. */
  readonly keys?: Keys | undefined;
  /** Where the server reports problems and what clients report of themselves. Default: problems go to standard error. */
  readonly log?: Log | undefined;
}

/** The options with their defaults. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** A valid address of ClickHouse; undefined for the SQLite file. May hold a password: never to be logged. */
  readonly store?: string | undefined;
  /** Undefined for the prices that are built in. */
  readonly prices?: string | undefined;
  /** Days for which traces are kept; undefined for ever. */
  readonly retentionDays?: number | undefined;
  /** Null for a server that answers to this machine only. */
  readonly keys: Keys | null;
}

/** An option has a value that it does not take. The message begins with the option's name and ends with the fix. */
export class InvalidOption extends Error {
  override readonly name = 'InvalidOption';
  /** The option, with a dot before a field of it: `keys.publicKey`. */
  readonly option: string;
  /** What follows the option's name in the message, without the full stop. */
  readonly problem: string;

  constructor(option: string, problem: string) {
    super(`${option} ${problem}.`);
    this.option = option;
    this.problem = problem;
  }
}

const notEmpty = (fallback: string) => {
  const message = `must be a string that is not empty; leave it out for ${fallback}`;
  return v.optional(v.pipe(v.string(message), v.nonEmpty(message)), fallback);
};

const DEFAULT_DATABASE = './powerrag.db';
const PRICES = 'must be a string that is not empty; leave it out for the prices that are built in';

const port = (input: { readonly input: unknown }) => `must be a whole number from 0 to 65535, got ${show(input.input)}`;

const retention = (input: { readonly input: unknown }) =>
  `must be a number of days from 1d to 99999d, such as 30d, got ${show(input.input)}; leave it out to keep everything`;

const key = v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'));

const OPTIONS = {
  host: notEmpty('127.0.0.1'),
  port: v.optional(
    v.pipe(v.number(port), v.integer(port), v.minValue(0, port), v.maxValue(65_535, port)),
    DEFAULT_PORT,
  ),
  database: notEmpty(DEFAULT_DATABASE),
  store: v.optional(v.string('must be a string; leave it out for a SQLite file')),
  prices: v.optional(v.pipe(v.string(PRICES), v.nonEmpty(PRICES))),
  retention: v.optional(
    v.pipe(
      v.string(retention),
      v.regex(/^[1-9]\d{0,4}d$/, retention),
      v.transform((text) => Number.parseInt(text, 10)),
    ),
  ),
  keys: v.optional(
    v.object(
      {
        publicKey: v.pipe(
          key,
          v.check((text) => !text.includes(':'), 'must not contain a colon: HTTP Basic authentication splits there'),
        ),
        secretKey: key,
      },
      'must be { publicKey, secretKey }',
    ),
  ),
};

/** How the command writes its log. A program brings a log of its own instead. */
const LOG_OPTIONS = {
  logFormat: v.optional(v.picklist(LOG_FORMATS, oneOf(LOG_FORMATS)), 'text'),
  logLevel: v.optional(v.picklist(LOG_LEVELS, oneOf(LOG_LEVELS)), 'info'),
};

/** The options of the command: by flag, by environment, by file. */
export const COMMAND_OPTIONS = { ...OPTIONS, ...LOG_OPTIONS };

export type LogOptions = v.InferOutput<v.ObjectSchema<typeof LOG_OPTIONS, undefined>>;

/** Checks the options of a program and fills in the defaults. Throws `InvalidOption`. */
export function readOptions(options: ServerOptions): ServerConfig {
  const log = v.optional(v.custom<Log>(isLog, 'must have the functions info and error'));
  return toConfig(check({ ...OPTIONS, log }, options));
}

/** Checks the options of the command and fills in the defaults. Throws `InvalidOption`. */
export function readCommandOptions(options: Readonly<Record<string, unknown>>): {
  readonly config: ServerConfig;
  readonly logging: LogOptions;
} {
  const { logFormat, logLevel, ...others } = check(COMMAND_OPTIONS, options);
  return { config: toConfig(others), logging: { logFormat, logLevel } };
}

/** Checks some of the options, for a command that needs no others. Throws `InvalidOption`. */
export function check<const E extends v.ObjectEntries>(
  entries: E,
  options: unknown,
): v.InferOutput<v.StrictObjectSchema<E, undefined>> {
  const schema = v.strictObject(entries, ({ expected }) =>
    expected === 'never' ? `is not an option; there are ${Object.keys(entries).join(', ')}` : 'must be an object',
  );
  const result = v.safeParse(schema, options, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new InvalidOption(v.getDotPath(issue) ?? 'options', issue.message);
}

/** Where a command that needs no other option works. Throws `InvalidOption`. */
export function readStoreChoice(
  options: Readonly<Record<string, unknown>>,
): { readonly database: string } | { readonly store: string } {
  const { database, store } = check(
    { database: OPTIONS.database, store: OPTIONS.store },
    { database: options.database, store: options.store },
  );
  if (store === undefined) return { database };
  checkStore(store);
  if (options.database !== undefined) throw new InvalidOption('database', OTHER_STORE);
  return { store };
}

const OTHER_STORE = 'is the file of another store; leave it out, or leave out store';

function toConfig(options: v.InferOutput<v.ObjectSchema<typeof OPTIONS, undefined>>): ServerConfig {
  const { port, database, store, prices, retention: retentionDays, keys = null } = options;
  if (store !== undefined) checkStore(store);
  if (store !== undefined && database !== DEFAULT_DATABASE) {
    throw new InvalidOption('database', OTHER_STORE);
  }
  const host = options.host.replace(/^\[(.*)\]$/, '$1');
  if (keys === null && !isLoopback(host)) {
    throw new InvalidOption(
      'keys',
      `are missing: ${host} can be reached from other machines; set them, or listen on 127.0.0.1`,
    );
  }
  return { host, port, database, store, prices, retentionDays, keys };
}

function checkStore(text: string): void {
  try {
    readAddress(text);
  } catch (error) {
    throw error instanceof InvalidAddress ? new InvalidOption('store', error.message) : error;
  }
}

function isLog(value: unknown): boolean {
  const { info, error } = Object(value);
  return typeof info === 'function' && typeof error === 'function';
}

function oneOf(values: readonly string[]) {
  return (input: { readonly input: unknown }) => `must be ${values.join(' or ')}, got ${show(input.input)}`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
