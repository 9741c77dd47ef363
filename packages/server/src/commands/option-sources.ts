import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { COMMAND_OPTIONS, InvalidOption } from './options.js';
import { UsageError } from './usage-error.js';

/** The file of options that is read when none is named and it exists. */
const CONFIG_FILE = 'powerrag.config.json';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Options of the command, not checked yet, each from the strongest of its sources. */
export interface GivenOptions {
  readonly values: Readonly<Record<string, unknown>>;
  /** What is wrong with the keys in the environment, where only one is set; else null. */
  readonly halfKeys: string | null;
  /** What a problem of an option is reported under: the flag, the variable, or the option and its file. */
  label(option: string): string;
}

/** What an option is called on the command line and in the environment. Null: it is not taken from there. */
const NAMES = {
  host: { flag: 'host', variable: 'POWERRAG_HOST' },
  port: { flag: 'port', variable: 'POWERRAG_PORT' },
  database: { flag: 'database', variable: 'POWERRAG_DATABASE' },
  store: { flag: 'store', variable: 'POWERRAG_STORE' },
  prices: { flag: 'prices', variable: 'POWERRAG_PRICES' },
  retention: { flag: 'retention', variable: 'POWERRAG_RETENTION' },
  // Every user of a machine sees the command lines of its processes.
  keys: { flag: null, variable: null },
  logFormat: { flag: 'log-format', variable: 'POWERRAG_LOG_FORMAT' },
  logLevel: { flag: 'log-level', variable: 'POWERRAG_LOG_LEVEL' },
} as const satisfies Record<
  keyof typeof COMMAND_OPTIONS,
  { readonly flag: string | null; readonly variable: string | null }
>;

type OptionName = keyof typeof NAMES;

const KEY_VARIABLES = { publicKey: 'POWERRAG_PUBLIC_KEY', secretKey: 'POWERRAG_SECRET_KEY' } as const;

/** Paths, which in a file are relative to it. */
const PATHS: ReadonlySet<string> = new Set(['database', 'prices'] satisfies OptionName[]);

/** The flags with a value that a command may have, for `parseArgs`. */
export const OPTION_FLAGS = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  database: { type: 'string' },
  store: { type: 'string' },
  prices: { type: 'string' },
  retention: { type: 'string' },
  'log-format': { type: 'string' },
  'log-level': { type: 'string' },
} as const;

/** A source of options, with how it calls them. */
interface Source {
  readonly values: Readonly<Record<string, unknown>>;
  readonly label: (option: string) => string;
}

/**
 * Options by flag, else by the environment, else from the file that `--config` or POWERRAG_CONFIG names, or `powerrag.config.json`
 * in the working directory. An empty variable counts as unset. Where one source names a store, a weaker one does not.
 *
 * Throws `UsageError` for a file that cannot be read or has an option that does not exist.
 */
export function gatherOptions(flags: Readonly<Record<string, unknown>>, env: Environment): GivenOptions {
  const sources = [flagSource(flags), environmentSource(env), ...fileSource(flags.config, env)];
  const values: Record<string, unknown> = {};
  const labels = new Map<string, (option: string) => string>();
  for (const { values: given, label } of sources) {
    // `database` and `store` name the same thing.
    const isStored = values.database !== undefined || values.store !== undefined;
    for (const [option, value] of Object.entries(given)) {
      if (value === undefined || values[option] !== undefined) continue;
      if (isStored && (option === 'database' || option === 'store')) continue;
      values[option] = value;
      labels.set(option, label);
    }
  }
  return {
    values,
    halfKeys: halfKeys(env),
    label: (path) => {
      const [option = path] = path.split('.', 1);
      return (labels.get(option) ?? unset)(path);
    },
  };
}

/** Runs a check of options, whose problems are then reported under their label. Throws `UsageError`. */
export function withLabels<T>(given: GivenOptions, run: (values: GivenOptions['values']) => T): T {
  try {
    return run(given.values);
  } catch (error) {
    throw error instanceof InvalidOption
      ? new UsageError(`${given.label(error.option)} ${error.problem}.`, { cause: error })
      : error;
  }
}

function flagSource(flags: Readonly<Record<string, unknown>>): Source {
  return {
    values: byName((option) => {
      const { flag } = NAMES[option];
      return flag === null ? undefined : fromText(option, flags[flag]);
    }),
    label: (option) => `--${isOption(option) ? (NAMES[option].flag ?? option) : option}`,
  };
}

function environmentSource(env: Environment): Source {
  const variable = (name: string | null) => (name === null ? undefined : env[name] || undefined);
  const [publicKey, secretKey] = [variable(KEY_VARIABLES.publicKey), variable(KEY_VARIABLES.secretKey)];
  const keys = publicKey === undefined || secretKey === undefined ? undefined : { publicKey, secretKey };
  return {
    values: { ...byName((option) => fromText(option, variable(NAMES[option].variable))), keys },
    label: (path) => {
      if (path === 'keys.publicKey') return KEY_VARIABLES.publicKey;
      if (path === 'keys.secretKey') return KEY_VARIABLES.secretKey;
      return isOption(path) ? (NAMES[path].variable ?? path) : path;
    },
  };
}

function halfKeys(env: Environment): string | null {
  const unset = Object.values(KEY_VARIABLES).filter((name) => !env[name]);
  const [missing] = unset;
  if (unset.length !== 1 || missing === undefined) return null;
  const set = Object.values(KEY_VARIABLES).find((name) => name !== missing);
  return `${missing} is not set, but ${set} is. Set both, or neither.`;
}

function fileSource(flag: unknown, env: Environment): Source[] {
  const named = typeof flag === 'string' ? flag : env.POWERRAG_CONFIG || undefined;
  const asked = typeof flag === 'string' ? '--config' : 'POWERRAG_CONFIG';
  if (named === '') throw new UsageError('--config must name a file; leave it out for powerrag.config.json.');
  const file = named ?? CONFIG_FILE;
  const values = readFile(file, named === undefined ? null : asked);
  if (values === null) return [];
  for (const option of Object.keys(values)) {
    if (isOption(option)) continue;
    throw new UsageError(
      `${option} in ${file} is not an option; there are ${Object.keys(COMMAND_OPTIONS).join(', ')}.`,
    );
  }
  const placed = Object.fromEntries(
    Object.entries(values).map(([option, value]) => [
      option,
      PATHS.has(option) && typeof value === 'string' && value !== '' && named !== undefined
        ? resolve(dirname(file), value)
        : value,
    ]),
  );
  return [{ values: placed, label: (option) => `${option} in ${file}` }];
}

/** @param asked what names the file; null when it need not exist. */
function readFile(file: string, asked: string | null): Readonly<Record<string, unknown>> | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing && asked === null) return null;
    throw new UsageError(`The options in ${file} cannot be read (${reasonOf(error)}); ${fixOf(asked)}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON (${reasonOf(error)}); ${fixOf(asked)}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${file} must hold one JSON object, such as { "port": 4318 }.`);
  }
  return value as Record<string, unknown>;
}

function fixOf(asked: string | null): string {
  return asked === null ? 'correct or remove it' : `correct it, or name another with ${asked}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function byName(read: (option: OptionName) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(NAMES)
      .filter(isOption)
      .map((option) => [option, read(option)]),
  );
}

/** Turns a port into a number. Other text stays as it is, so that the check can name it. */
function fromText(option: OptionName, text: unknown): unknown {
  return option === 'port' && typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : text;
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(NAMES, name);
}

/** Of an option that no source gives. */
function unset(path: string): string {
  return path === 'keys' ? Object.values(KEY_VARIABLES).join(' and ') : path;
}
