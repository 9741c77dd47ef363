import { createHash } from 'node:crypto';

/** Which sessions are sent. A session is sent as a whole; a trace without a session id counts as one. */
export interface SamplingOptions {
  /**
   * The share of the sessions that is sent, from 0 to 1. A hash of the session id decides, so every service decides the same.
   * Default 0: none but those that the other options keep.
   */
  readonly share?: number;
  /** Whether to send every session in which an observation has the level ERROR. Default true. */
  readonly errors?: boolean;
  /** Ids of users of whom every session is sent. Default: none. */
  readonly users?: readonly string[];
  /** Tags with which a session is sent. Default: none. */
  readonly tags?: readonly string[];
  /**
   * Most bytes of spans that wait for an error, a user or a tag, beside `maxQueueBytes`. Above it, the session that has waited longest
   * is decided by `share` alone. Default 16 MiB.
   */
  readonly maxHeldBytes?: number;
  /** Most milliseconds that the spans of a session wait so. Default 10 minutes. */
  readonly maxHeldMs?: number;
}

/** Sampling options, read and checked. */
export interface SamplingRules {
  readonly share: number;
  readonly errors: boolean;
  readonly users: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  readonly maxHeldBytes: number;
  readonly maxHeldMs: number;
}

const MEBIBYTE = 1024 * 1024;
const MINUTE_MS = 60_000;

/**
 * The rules of a share or of options; undefined where every session is sent. A value that makes no sense is reported and keeps what
 * it would leave out.
 * @param given as the application passes it, perhaps from JavaScript or from the environment
 * @param warn gets what is wrong and what to do
 */
export function readSampling(given: unknown, warn: (message: string) => void): SamplingRules | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given !== 'object') {
    const share = shareOf(given, 'sampling', warn);
    return share === 1 ? undefined : rules({ share, errors: false });
  }
  const options: SamplingOptions = given;
  const share = options.share === undefined ? 0 : shareOf(options.share, 'sampling.share', warn);
  if (share === 1) return undefined;
  return rules({
    share,
    errors: options.errors !== false,
    users: textsOf(options.users, 'sampling.users', warn),
    tags: textsOf(options.tags, 'sampling.tags', warn),
    maxHeldBytes: sizeOf(options.maxHeldBytes),
    maxHeldMs: sizeOf(options.maxHeldMs),
  });
}

/** Where a session is among all: from 0 to less than 1, by the first 6 bytes of the SHA-256 of its id, the same in every process. */
export function placeOf(id: string): number {
  return createHash('sha256').update(id).digest().readUIntBE(0, 6) / 2 ** 48;
}

function rules(given: {
  readonly share: number;
  readonly errors: boolean;
  readonly users?: readonly string[];
  readonly tags?: readonly string[];
  readonly maxHeldBytes?: number | undefined;
  readonly maxHeldMs?: number | undefined;
}): SamplingRules {
  return {
    share: given.share,
    errors: given.errors,
    users: new Set(given.users),
    tags: new Set(given.tags),
    maxHeldBytes: given.maxHeldBytes ?? 16 * MEBIBYTE,
    maxHeldMs: given.maxHeldMs ?? 10 * MINUTE_MS,
  };
}

function shareOf(given: unknown, name: string, warn: (message: string) => void): number {
  const share = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof share === 'number' && share >= 0 && share <= 1) return share;
  warn(`${name} must be a number from 0 to 1, such as 0.1 for a tenth, so every session is sent.`);
  return 1;
}

function textsOf(given: unknown, name: string, warn: (message: string) => void): readonly string[] {
  if (given === undefined) return [];
  if (Array.isArray(given) && given.every((each) => typeof each === 'string')) return given;
  warn(`${name} must be an array of strings; it is ignored.`);
  return [];
}

function sizeOf(given: unknown): number | undefined {
  return typeof given === 'number' && given >= 0 ? given : undefined;
}
