import { type Pattern, REDACTED } from './pattern.js';

/** What may precede a token: no letter or digit, or an escape as in JSON (the `n` of a line feed) and URLs. */
const START = '(?:^|[^A-Za-z0-9]|\\\\[nrtbf]|\\\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2})';

/** Tells random strings from words: a digit or upper-case letter follows the first character. */
const RANDOM = '(?=.[a-z./~+_-]{0,64}[A-Z0-9=])';

/**
 * Tokens that begin with a name: the separator after the name, the rest of the token, and the names, separated by spaces, which
 * may contain character sets.
 */
const NAMED_TOKENS: readonly (readonly [separator: string, token: string, names: string])[] = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek, Langfuse, PowerRAG; Perplexity; Tavily; NVIDIA; xAI; PyPI; Google
  ['-', `${RANDOM}[\\w-]{16,}`, 'sk pplx tvly nvapi xai pypi GOCSPX'],
  // Slack
  ['-', `${RANDOM}[A-Za-z0-9-]{10,}`, 'xox[a-z] xapp'],
  // GitLab
  ['-', `${RANDOM}[\\w-]{16,}(?:\\.[\\w-]{2,})*`, 'glagent glcbt gldt glffct glft glimt gloas glpat glptt glrt glsoat'],
  // Stripe and its webhooks
  ['_', `${RANDOM}[A-Za-z0-9]{16,}`, '[rs]k_live [rs]k_test whsec'],
  // GitHub; Hugging Face; npm; Groq; Replicate; Shopify; DigitalOcean; Linear; Notion; Supabase
  ['_', '[A-Za-z0-9]{30,}', 'gh[opsru] hf npm gsk r8 shpat shpca shppa shpss do[opr]_v1 lin_api ntn sbp'],
  // GitHub, fine-grained; Pinecone
  ['_', '\\w{22,}', 'github_pat pcsk'],
  // SendGrid
  ['.', '[\\w-]{16,}\\.[\\w-]{16,}', 'SG'],
  // Google OAuth; Vault
  ['.', '[\\w-]{20,}', 'ya29 hv[bs]'],
];

// Searches for the separator, which is rarer than the beginnings of names, and looks back for the name.
const NAMED_TOKEN = `([-_.])(?:${NAMED_TOKENS.map(
  ([separator, token, names]) => `(?<=${START}(?:${names.replaceAll(' ', '|')})[${separator}])${token}`,
).join('|')})`;
const NAMED_TOKEN_CLUES = ['-', '_', '.'].map((mark) => ({
  mark,
  before: NAMED_TOKENS.filter(([separator]) => separator === mark).flatMap(([, , names]) => names.split(' ')),
}));

/** Tokens that are credentials in themselves, by their published format. */
export const TOKEN_PATTERNS: readonly Pattern[] = [
  { clues: NAMED_TOKEN_CLUES, expression: new RegExp(NAMED_TOKEN, 'g'), replacement: `$1${REDACTED}` },
  // AWS; Google; Twilio
  {
    clues: [
      { mark: 'A', after: ['KIA', 'SIA', 'Iza'] },
      { mark: 'K', before: ['S'], after: ['[0-9a-f]'], offset: 1 },
    ],
    expression: new RegExp(
      `A[KS]IA(?<=${START}.{4})[A-Z0-9]{16}(?![A-Za-z0-9])|AIza(?<=${START}.{4})[\\w-]{35,}|SK(?<=${START}.{2})[0-9a-f]{32}(?![A-Za-z0-9])`,
      'g',
    ),
    replacement: REDACTED,
  },
  // JWT and JWE. After a hyphen or underscore only a short header matches, because a text full of headers would take long.
  {
    clues: [{ mark: 'J', before: ['ey'], offset: 2 }],
    expression: new RegExp(
      'eyJ(?:(?<=(?:^|[^\\w-]|\\\\[nrtbf]|\\\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}).{3})[\\w-]{8,}|(?<=[_-].{3})[\\w-]{8,256})' +
        '\\.(?:eyJ[\\w-]{8,}(?:\\.[\\w-]*)?|[\\w-]*\\.[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]{8,})',
      'g',
    ),
    replacement: REDACTED,
  },
  {
    clues: [{ mark: 'bearer' }, { mark: 'B', after: ['earer ', 'EARER '] }],
    expression: new RegExp(`(bearer|Bearer|BEARER) ${RANDOM}[\\w.~+/-]{16,}=*`, 'g'),
    replacement: `$1 ${REDACTED}`,
  },
  {
    clues: [{ mark: 'basic' }, { mark: 'B', after: ['asic ', 'ASIC '] }],
    expression: new RegExp(`(basic|Basic|BASIC) ${RANDOM}[A-Za-z0-9+/]{16,}=*`, 'g'),
    replacement: `$1 ${REDACTED}`,
  },
];
