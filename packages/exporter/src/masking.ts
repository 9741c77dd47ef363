import type { Mask } from './encode/value.js';

export interface MaskingOptions {
  /**
   * Gets every value that is about to be encoded - span and event attributes, exceptions, resource attributes, and the names
   * and status messages of spans - and returns what is sent instead. When it throws, the value is replaced by a marker.
   */
  readonly mask?: (value: { readonly data: unknown; readonly key: string }) => unknown;
  /** Whether what looks like a credential is replaced before anything leaves the process. Default true. */
  readonly redactCredentials?: boolean;
}

const REDACTED = '[redacted]';
const MASK_FAILED = '[masked: the mask failed]';

/** Attribute keys whose value is a credential, whatever it looks like. */
const SECRET_KEY =
  /(^|[._-])(authorization|proxy-authorization|cookie|set-cookie|password|passwd|secret|api[._-]?key|apikey|access[._-]?token|refresh[._-]?token|private[._-]?key|x-langfuse-secret-key)$/i;

interface Pattern {
  /** How what the expression finds begins, as the source of an expression. */
  readonly hint: string;
  readonly expression: RegExp;
  readonly replacement: string;
}

/** Credentials by their published formats. Each keeps what tells a reader that something was there. */
const PATTERNS: readonly Pattern[] = [
  { hint: '\\bsk-', expression: /\bsk-[A-Za-z0-9_-]{16,}/g, replacement: `sk-${REDACTED}` },
  { hint: '\\b[rs]k_', expression: /\b[rs]k_(live|test)_[A-Za-z0-9]{16,}/g, replacement: `sk_${REDACTED}` },
  { hint: 'AKIA', expression: /\bAKIA[A-Z0-9]{16}\b/g, replacement: REDACTED },
  { hint: 'ASIA', expression: /\bASIA[A-Z0-9]{16}\b/g, replacement: REDACTED },
  { hint: 'AIza', expression: /\bAIza[A-Za-z0-9_-]{35}/g, replacement: REDACTED },
  { hint: '\\bgh[opsru]_', expression: /\bgh[opsru]_[A-Za-z0-9]{36,}/g, replacement: REDACTED },
  { hint: 'github_pat_', expression: /\bgithub_pat_[A-Za-z0-9_]{22,}/g, replacement: REDACTED },
  { hint: 'xox', expression: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g, replacement: REDACTED },
  { hint: 'hf_', expression: /\bhf_[A-Za-z0-9]{30,}/g, replacement: REDACTED },
  { hint: 'eyJ', expression: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, replacement: REDACTED },
  { hint: 'earer ', expression: /\b([Bb]earer) [\w.~+/-]{16,}=*/g, replacement: `$1 ${REDACTED}` },
  { hint: 'asic ', expression: /\b([Bb]asic) [A-Za-z0-9+/]{16,}=*/g, replacement: `$1 ${REDACTED}` },
  {
    hint: '://[^\\s/@]{1,512}@',
    expression: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@"']{1,256}:[^\s/@"']{1,256}@/gi,
    replacement: `$1${REDACTED}@`,
  },
  {
    hint: 'PRIVATE KEY-----',
    expression: /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*(-----END [A-Z ]{0,20}PRIVATE KEY-----)?/g,
    replacement: `${REDACTED} private key`,
  },
  {
    hint: '[?&][a-zA-Z_-]{3,17}=',
    expression:
      /([?&](?:api_?key|key|token|access_token|secret|password|signature|sig|x-amz-signature)=)[^&\s"'#]{6,}/gi,
    replacement: `$1${REDACTED}`,
  },
];

/** Whether any pattern is worth trying: most texts hold nothing, and one search costs less than one for each pattern. */
const ANY_HINT = new RegExp(PATTERNS.map(({ hint }) => hint).join('|'));

/** What is done to every value before it is encoded; undefined when nothing is to be done. */
export function createMask({ mask, redactCredentials = true }: MaskingOptions): Mask | undefined {
  if (!mask) return redactCredentials ? redact : undefined;
  return (key, value) => {
    let masked: unknown;
    try {
      masked = mask({ data: value, key });
    } catch {
      return MASK_FAILED;
    }
    // A mask that answers with a promise has not masked yet.
    if (isThenable(masked)) return MASK_FAILED;
    return redactCredentials ? redact(key, masked) : masked;
  };
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}

function redact(key: string, value: unknown): unknown {
  if (typeof value === 'string') return isSecretKey(key) ? REDACTED : redactText(value);
  if (Array.isArray(value)) return value.map((element) => redact(key, element));
  return value;
}

/** No credential is shorter. */
const MIN_CREDENTIAL_LENGTH = 12;

export function redactText(text: string): string {
  if (text.length < MIN_CREDENTIAL_LENGTH || !ANY_HINT.test(text)) return text;
  let redacted = text;
  for (const { expression, replacement } of PATTERNS) redacted = redacted.replace(expression, replacement);
  return redacted;
}

/** Keys come from code, so they are few; those that come from data must not fill the memory. */
const MAX_KNOWN_KEYS = 10_000;
const knownKeys = new Map<string, boolean>();

function isSecretKey(key: string): boolean {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const isSecret = SECRET_KEY.test(key);
  if (knownKeys.size < MAX_KNOWN_KEYS) knownKeys.set(key, isSecret);
  return isSecret;
}
