import { ignoreRejection, isThenable } from '../base/ignore-rejection.js';
import { MAX_DEPTH, type Mask } from '../encode/value.js';
import { PATTERNS, REDACTED, SECRET_NAME } from './credential-patterns.js';
import { createSearch } from './credential-search.js';

export interface MaskingOptions {
  /**
   * Gets every value that is about to be encoded, and returns what is sent instead: attributes of spans, events, links and
   * resources under their keys, and other texts under `name`, `event.name`, `status.message`, `trace_state`, `scope.name`,
   * `scope.version` and `schema_url`. When it throws, or answers with a promise, a marker is sent. Default: none.
   */
  readonly mask?: (value: { readonly data: unknown; readonly key: string }) => unknown;
  /**
   * Whether what looks like a credential is replaced before anything leaves the process: tokens by their formats, passwords
   * and keys by the names before them, in values and in attribute keys. Before `mask`, and again after it. Default: true.
   */
  readonly redactCredentials?: boolean;
}

const MASK_FAILED = '[masked: the mask failed]';

/** Attribute keys whose value is a credential, whatever it looks like. Humps of camel case have become underscores. */
const SECRET_KEY = new RegExp(`(?:^|[._-])(?:${SECRET_NAME})$`, 'i');

/**
 * What is done to every value before it is encoded; undefined when nothing is to be done.
 * @param onFailure called for each value in whose place a marker is sent. Not with the error, which may hold that value.
 */
export function createMask(
  { mask, redactCredentials = true }: MaskingOptions,
  onFailure?: () => void,
): Mask | undefined {
  if (!mask && !redactCredentials) return undefined;
  const keep = (_key: string, value: unknown): unknown => value;
  const redacted = redactCredentials ? redact : keep;
  const replace = (key: string, value: unknown): unknown => {
    try {
      // First, since a mask that replaces a part of a credential would hide the rest from us; and last, whatever it answers.
      const data = redacted(key, value);
      if (!mask) return data;
      const masked = mask({ data, key });
      // A mask that answers with a promise has not masked yet.
      if (!isThenable(masked)) return redacted(key, masked);
      ignoreRejection(masked);
    } catch {
      // As below.
    }
    onFailure?.();
    return MASK_FAILED;
  };
  return redactCredentials ? Object.assign(replace, { key: (key: string) => knownKey(key).text }) : replace;
}

function redact(key: string, value: unknown): unknown {
  if (typeof value === 'string') return knownKey(key).isSecret ? REDACTED : redactText(value);
  if (typeof value === 'number' || typeof value === 'bigint') return knownKey(key).isSecret ? REDACTED : value;
  return typeof value === 'object' && value !== null ? redactObject(key, value, 0, { left: MAX_OBJECTS }) : value;
}

/** Objects in one value. An object that is in itself in several places would never come to an end. */
const MAX_OBJECTS = 10_000;

/**
 * Lists, and maps, which attributes may hold from version 1.10 of OpenTelemetry's API on.
 * @throws RangeError when there are too many objects in it.
 */
function redactObject(key: string, value: object, depth: number, room: { left: number }): unknown {
  if (value instanceof Uint8Array) return redactBytes(key, value);
  // What lies deeper is not encoded.
  if (depth >= MAX_DEPTH) return value;
  room.left -= 1;
  if (room.left < 0) throw new RangeError(`The value has more than ${MAX_OBJECTS} objects in it.`);
  const inner = (name: string, element: unknown): unknown =>
    typeof element === 'object' && element !== null
      ? redactObject(name, element, depth + 1, room)
      : redact(name, element);
  const { isSecret } = knownKey(key);
  // A vector of numbers is passed through without a look at each.
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => {
      if (typeof one === 'number' && !isSecret) return one;
      return isValueOf(value[index - 1], one) ? REDACTED : inner(key, one);
    });
  }
  if (isSecret) return REDACTED;
  if (namesSecret(value)) return { ...value, value: REDACTED };
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [redactText(name), inner(name, element)]));
}

/** Whether a list has a credential after its name. Without a digit, an equals sign or a space it may as well be the next name. */
function isValueOf(name: unknown, value: unknown): boolean {
  return typeof name === 'string' && typeof value === 'string' && /[\d= ]/.test(value) && isSecretName(name);
}

/** Whether an object is the name of a credential and its value. */
function namesSecret(value: object): boolean {
  if (!Object.hasOwn(value, 'value')) return false;
  const name: unknown = Reflect.get(value, 'name') ?? Reflect.get(value, 'key');
  return typeof name === 'string' && isSecretName(name);
}

function isSecretName(text: string): boolean {
  return text.length <= 64 && !/\s/.test(text) && knownKey(text).isSecret;
}

function redactBytes(key: string, bytes: Uint8Array): unknown {
  if (knownKey(key).isSecret) return REDACTED;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const redacted = redactText(text);
  return redacted === text ? bytes : Buffer.from(redacted, 'latin1');
}

/** No credential is shorter: not even `://:a@`, a URL with a password. */
const MIN_CREDENTIAL_LENGTH = 6;

const mayHoldCredential = createSearch(PATTERNS);

export function redactText(text: string): string {
  return text.length < MIN_CREDENTIAL_LENGTH || !mayHoldCredential(text) ? text : replaceCredentials(text);
}

/** As `redactText`, without looking first whether there is anything to redact. */
export function replaceCredentials(text: string): string {
  let redacted = text;
  for (const { expression, replacement } of PATTERNS) redacted = redacted.replace(expression, replacement);
  return redacted;
}

interface KnownKey {
  /** Whether the key names a credential. */
  readonly isSecret: boolean;
  /** The key without what looks like a credential in itself. */
  readonly text: string;
}

/** Keys come from code, so they are few; those that come from data must not fill the memory. */
const MAX_KNOWN_KEYS = 10_000;
const knownKeys = new Map<string, KnownKey>();

function knownKey(key: string): KnownKey {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const isSecret = SECRET_KEY.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));
  const added = { isSecret, text: redactText(key) };
  if (knownKeys.size < MAX_KNOWN_KEYS) knownKeys.set(key, added);
  return added;
}
