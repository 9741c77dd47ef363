import { type Clue, createSearch } from './credential-search.js';
import type { Mask } from './encode/value.js';
import { ignoreRejection, isThenable } from './ignore-rejection.js';

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

interface Pattern extends Clue {
  readonly expression: RegExp;
  readonly replacement: string;
}

/** Credentials by their published formats. Each keeps what tells a reader that something was there. */
const PATTERNS: readonly Pattern[] = [
  { literals: ['sk-'], expression: /\bsk-[A-Za-z0-9_-]{16,}/g, replacement: `sk-${REDACTED}` },
  {
    literals: ['sk_', 'rk_'],
    expression: /\b[rs]k_(live|test)_[A-Za-z0-9]{16,}/g,
    replacement: `sk_${REDACTED}`,
  },
  { literals: ['AKIA'], expression: /\bAKIA[A-Z0-9]{16}\b/g, replacement: REDACTED },
  { literals: ['ASIA'], expression: /\bASIA[A-Z0-9]{16}\b/g, replacement: REDACTED },
  { literals: ['AIza'], expression: /\bAIza[A-Za-z0-9_-]{35}/g, replacement: REDACTED },
  {
    literals: ['gho_', 'ghp_', 'ghr_', 'ghs_', 'ghu_'],
    expression: /\bgh[opsru]_[A-Za-z0-9]{36,}/g,
    replacement: REDACTED,
  },
  { literals: ['github_pat_'], expression: /\bgithub_pat_[A-Za-z0-9_]{22,}/g, replacement: REDACTED },
  { literals: ['xox'], expression: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g, replacement: REDACTED },
  { literals: ['hf_'], expression: /\bhf_[A-Za-z0-9]{30,}/g, replacement: REDACTED },
  { literals: ['eyJ'], expression: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, replacement: REDACTED },
  {
    literals: ['Bearer ', 'bearer '],
    expression: /\b([Bb]earer) [\w.~+/-]{16,}=*/g,
    replacement: `$1 ${REDACTED}`,
  },
  {
    literals: ['Basic ', 'basic '],
    expression: /\b([Bb]asic) [A-Za-z0-9+/]{16,}=*/g,
    replacement: `$1 ${REDACTED}`,
  },
  {
    literals: ['@'],
    around: /@(?<=:\/\/[^\s/@]{1,513}@)/,
    expression: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@"']{1,256}:[^\s/@"']{1,256}@/gi,
    replacement: `$1${REDACTED}@`,
  },
  {
    literals: ['PRIVATE KEY-----'],
    around: /PRIVATE KEY-----/,
    expression: /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*(-----END [A-Z ]{0,20}PRIVATE KEY-----)?/g,
    replacement: `${REDACTED} private key`,
  },
  {
    literals: ['?', '&'],
    expression:
      /([?&](?:api_?key|key|token|access_token|secret|password|signature|sig|x-amz-signature)=)[^&\s"'#]{6,}/gi,
    replacement: `$1${REDACTED}`,
  },
];

const mayHoldCredential = createSearch(PATTERNS);

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
    if (isThenable(masked)) {
      ignoreRejection(masked);
      return MASK_FAILED;
    }
    return redactCredentials ? redact(key, masked) : masked;
  };
}

function redact(key: string, value: unknown): unknown {
  if (typeof value === 'string') return isSecretKey(key) ? REDACTED : redactText(value);
  if (Array.isArray(value)) return value.map((element) => redact(key, element));
  return value;
}

/** No credential is shorter: not even `ab://c:d@`, a URL with a password. */
const MIN_CREDENTIAL_LENGTH = 9;

export function redactText(text: string): string {
  return text.length < MIN_CREDENTIAL_LENGTH || !mayHoldCredential(text) ? text : replaceCredentials(text);
}

/** As `redactText`, without looking first whether there is anything to redact. */
export function replaceCredentials(text: string): string {
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
