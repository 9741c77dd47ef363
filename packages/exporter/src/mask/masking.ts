import { ignoreRejection, isThenable } from '../base/ignore-rejection.js';
import { MAX_DEPTH, type Mask } from '../encode/value.js';
import { MAYBE_NAME, SECRET_NAME } from './credential-names.js';
import { PATTERNS } from './credential-patterns.js';
import { createSearch } from './credential-search.js';
import { REDACTED } from './pattern.js';
import { RecentTexts } from './recent-texts.js';

export interface MaskingOptions {
  /**
   * Receives every value before it is encoded and returns what to send instead. Attributes of spans, events, links and resources
   * come with their keys, other texts with `name`, `event.name`, `status.message`, `trace_state`, `scope.name`, `scope.version` or
   * `schema_url`. If it throws or returns a promise, a marker is sent. Default: none.
   */
  readonly mask?: (value: { readonly data: unknown; readonly key: string }) => unknown;
  /**
   * Whether to replace what looks like a credential, in values and attribute keys: tokens by their format, passwords and keys by
   * the name before them. Runs before `mask`, and again after it. Default: true.
   */
  readonly redactCredentials?: boolean;
}

const MASK_FAILED = '[masked: the mask failed]';

/** Attribute keys whose value is always a credential, as they are or with camel case converted to underscores. */
const SECRET_KEY = new RegExp(`(?:^|[._ -])(?:${SECRET_NAME})$`, 'i');

/**
 * The function that masks every value before it is encoded; undefined when there is nothing to mask.
 * @param onFailure called for each value that is replaced by a marker. Without the error, which may contain the value.
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
      // Before the mask, which might replace only part of a credential; and after it, because it may return one.
      const data = redacted(key, value);
      if (!mask) return data;
      const masked = mask({ data, key });
      // A mask that returns a promise has not masked yet.
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

/** Most objects in one value, because cyclic objects have no end. */
const MAX_OBJECTS = 10_000;

/**
 * Redacts arrays, and maps, which attributes may contain since version 1.10 of OpenTelemetry's API.
 * @throws RangeError when the value contains too many objects.
 */
function redactObject(key: string, value: object, depth: number, room: { left: number }): unknown {
  if (value instanceof Uint8Array) return redactBytes(key, value);
  // Deeper values are not encoded.
  if (depth >= MAX_DEPTH) return value;
  room.left -= 1;
  if (room.left < 0) throw new RangeError(`The value contains more than ${MAX_OBJECTS} objects.`);
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
  const secret = secretField(value);
  if (secret !== undefined) return { ...value, [secret]: REDACTED };
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [redactText(name), inner(name, element)]));
}

/** Whether a list has a credential after its name. Without a digit, an equals sign or a space it may as well be the next name. */
function isValueOf(name: unknown, value: unknown): boolean {
  return (
    typeof name === 'string' &&
    typeof value === 'string' &&
    /[\d= ]/.test(value) &&
    !/\s/.test(name) &&
    isSecretName(name)
  );
}

/** Fields that hold the name of a value, the value, or a value that may also be a sentence. The patterns for JSON have the same. */
const NAME_FIELDS = 'name key header field id label param parameter property setting variable k'.split(' ');
const VALUE_FIELDS = ['value', 'v'];
const MAYBE_VALUE_FIELDS = ['val', 'content', 'text', 'data'];
const MAYBE_SECRET_NAME = new RegExp(`^${MAYBE_NAME}$`, 'i');

/** The field of an object that holds a credential whose name another field holds. */
function secretField(value: object): string | undefined {
  const names = NAME_FIELDS.map((field): unknown => Reflect.get(value, field));
  const isSecret = names.some((name) => typeof name === 'string' && isSecretName(name));
  if (!isSecret && !names.some((name) => typeof name === 'string' && MAYBE_SECRET_NAME.test(name))) return undefined;
  return (
    (isSecret ? VALUE_FIELDS.find((field) => Object.hasOwn(value, field)) : undefined) ??
    [...VALUE_FIELDS, ...MAYBE_VALUE_FIELDS].find((field) => looksRandom(Reflect.get(value, field)))
  );
}

function looksRandom(value: unknown): boolean {
  return typeof value === 'string' && /^(?=\D{0,64}\d)(?=[^A-Za-z]{0,64}[A-Za-z])\S{6,}$/.test(value);
}

function isSecretName(text: string): boolean {
  return text.length <= 64 && knownKey(text).isSecret;
}

function redactBytes(key: string, bytes: Uint8Array): unknown {
  if (knownKey(key).isSecret) return REDACTED;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const redacted = redactText(text);
  return redacted === text ? bytes : Buffer.from(redacted, 'latin1');
}

/** Shortest credential: `://:a@`, a URL with a password. */
const MIN_CREDENTIAL_LENGTH = 6;

const mayHoldCredential = createSearch(PATTERNS);

/** Shorter texts are searched as fast as they are compared; of longer ones, too much memory would be held. */
const MIN_REMEMBERED = 25;
const MAX_REMEMBERED = 2_000;
/** Functions that call each other pass the same texts on: those of one span are often those of the next. */
const searched = new RecentTexts();

export function redactText(text: string): string {
  const { length } = text;
  if (length < MIN_CREDENTIAL_LENGTH) return text;
  const isRemembered = length >= MIN_REMEMBERED && length <= MAX_REMEMBERED;
  if (isRemembered && searched.has(text)) return text;
  if (mayHoldCredential(text)) return replaceCredentials(text);
  if (isRemembered) searched.add(text);
  return text;
}

/** As `redactText`, without the quick check whether there is anything to redact. */
export function replaceCredentials(text: string): string {
  let redacted = text;
  for (const { expression, replacement } of PATTERNS) redacted = redacted.replace(expression, replacement);
  return redacted;
}

interface KnownKey {
  /** Whether the key names a credential. */
  readonly isSecret: boolean;
  /** The key, redacted. */
  readonly text: string;
}

/** Bounds the cache: keys usually come from code, but may come from data. */
const MAX_KNOWN_KEYS = 10_000;
const knownKeys = new Map<string, KnownKey>();

function knownKey(key: string): KnownKey {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const isSecret = SECRET_KEY.test(key) || SECRET_KEY.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));
  const added = { isSecret, text: redactText(key) };
  if (knownKeys.size < MAX_KNOWN_KEYS) knownKeys.set(key, added);
  return added;
}
