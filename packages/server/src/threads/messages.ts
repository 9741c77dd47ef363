import { InvalidField } from '../ingest/json-fields.js';
import { Refusal, type RefusalStatus } from '../otlp/refusal.js';
import { InvalidCursor } from '../store/cursor.js';
import { DatabaseUnusable, SqliteMissing } from '../store/sqlite/index.js';
import { StoreUnavailable } from '../store/unavailable.js';

/** The functions of a worker, by name. What they take and give is copied between threads. */
export type Calls = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** To a worker. */
export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** From a worker. */
export type WorkerMessage =
  /** It answers calls from now on. */
  | { readonly kind: 'ready' }
  /** It could not start. */
  | { readonly kind: 'failed'; readonly error: ErrorMessage }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorMessage }
  /** A line for the server's log. */
  | { readonly kind: 'log'; readonly level: 'info' | 'error'; readonly message: string; readonly cause: string | null }
  /** Something that the main thread must know, whoever asked. */
  | { readonly kind: 'notice'; readonly value: unknown };

/** An error on its way between threads: a copy would lose its class. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly status: RefusalStatus | undefined;
  readonly retryAfterS: number | null;
}

export function toErrorMessage(error: unknown): ErrorMessage {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const refusal = error instanceof Refusal ? error : null;
  return { name, message, stack, status: refusal?.status, retryAfterS: refusal?.retryAfterS ?? null };
}

/** Errors that their receiver tells apart. */
const KINDS = [StoreUnavailable, InvalidField, DatabaseUnusable, SqliteMissing];

export function fromErrorMessage({ name, message, stack, status, retryAfterS }: ErrorMessage): Error {
  if (name === Refusal.name && status !== undefined) return new Refusal(status, message, retryAfterS);
  if (name === InvalidCursor.name) return new InvalidCursor();
  const Kind = KINDS.find((kind) => kind.name === name) ?? Error;
  const error = new Kind(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
