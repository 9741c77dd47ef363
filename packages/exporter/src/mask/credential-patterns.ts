import { CODE_PATTERNS } from './code-patterns.js';
import { BEFORE_COLON, BEFORE_EQUALS, ENDS_OF_NAMES, MAYBE, NAME, SECRET_NAME } from './credential-names.js';
import type { Clue } from './credential-search.js';
import { JSON_PATTERNS } from './json-patterns.js';
import { LITERAL, type Pattern, REDACTED } from './pattern.js';
import { SENTENCE_PATTERNS } from './sentence-patterns.js';
import { TOKEN_PATTERNS } from './token-patterns.js';

/** Further names, of which only some expressions know. */
const IN_QUERY: Clue = {
  mark: '=',
  before: [
    ...['[?&#;]key', '[?&#;]token', '[?&#;]sig', '[?&#;]signature', '-credential', '-signature'],
    ...['[?&#;]auth', '[?&#;]pass', '[?&#;]pwd'],
  ],
};
const IN_CONNECTION_STRING: Clue = { mark: '=', before: ['SharedAccessSignature'] };
const IN_ENVIRONMENT: Clue = { mark: '=', before: ['PASSWORD', 'PASSWD', '_PWD', 'SECRET', 'TOKEN', 'KEY'] };

/** User and password in a URL; the password may hold an @, though it should not. */
const URL_WITH_PASSWORD = /:\/\/(?![$<{])(?:[^\s/:@"'\\?#]{0,256}:[^\s/"'\\?#]{1,256}|[^\s/:@"'\\?#]{20,256})@/.source;

/**
 * Credentials by their published format, or by the name before them. Each replacement shows what kind of credential it was. All
 * take time proportional to the length of any text, and none removes a backslash or quote from JSON.
 */
export const PATTERNS: readonly Pattern[] = [
  ...TOKEN_PATTERNS,
  {
    clues: [{ mark: '@', around: new RegExp(`@(?<=${URL_WITH_PASSWORD})`) }],
    expression: new RegExp(URL_WITH_PASSWORD, 'g'),
    replacement: `://${REDACTED}@`,
  },
  {
    clues: [
      { mark: '.', before: ['hooks'], after: ['slack.com/services/'], offset: 5 },
      { mark: '.', before: ['discord'], after: ['com/api/webhooks/'], offset: 7 },
      { mark: '.', before: ['discordapp'], after: ['com/api/webhooks/'], offset: 10 },
    ],
    expression: /(hooks\.slack\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\/)[\w/-]{20,}/g,
    replacement: `$1${REDACTED}`,
  },
  {
    clues: [{ mark: '-', before: ['----'], after: ['BEGIN '], offset: 4 }],
    expression:
      /-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)(?:\\+[nrt]|[^"'`\\{}<>]))*(?:-----END [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----)?/g,
    replacement: `${REDACTED} private key`,
  },
  // In the query or fragment of a URL, and in a form
  {
    clues: [BEFORE_EQUALS, IN_QUERY],
    expression: new RegExp(
      `=(?<=[?&#;](?:${SECRET_NAME}|auth|key|pass|pwd|token|client[-_]secret|signature|sig|x-(?:amz|goog)-(?:credential|security-token|signature))=)(?![$<{])[^&\\s"'\`#\\\\]{6,}`,
      'gi',
    ),
    replacement: `=${REDACTED}`,
  },
  // Authorization: Digest …, response="…"; AWS4-HMAC-SHA256 …, Signature=…; OAuth …, oauth_signature="…"; Hawk …, mac="…"
  {
    clues: [{ mark: '=', before: ['[ ,\n\t]response', 'signature', '[ ,\n\t]mac'] }],
    expression:
      /=(?<=[ ,\n\t](?:response|mac|(?:oauth_)?signature)=)(\\{0,16}["']?)(?=[^\s\d]{0,64}\d)[\w+/%-]{27,}={0,2}/gi,
    replacement: `=$1${REDACTED}`,
  },
  // otp: 123456
  {
    clues: [BEFORE_COLON, BEFORE_EQUALS],
    expression:
      /([:=])(?<=(?:otp|passcode|(?:mfa|2fa|verification|one[-_]?time)[-_]?code)\s{0,4}[:=])(\s{0,4})\d{4,10}(?!\w|\.\d)/gi,
    replacement: `$1$2${REDACTED}`,
  },
  ...JSON_PATTERNS,
  // token: …
  {
    clues: [MAYBE],
    expression: /:(?<=\btoken:)(\s{0,4})(?=[^\s\d]{0,64}\d)(?=[^\sA-Za-z]{0,64}[A-Za-z])[\w-]{20,}/gi,
    replacement: `:$1${REDACTED}`,
  },
  // <password>…</password>
  {
    clues: [{ mark: '>', before: ENDS_OF_NAMES }],
    expression: new RegExp(`>(?<=<[\\w.:-]{0,64}(?:${SECRET_NAME})>)[^<>\\s"'\\\\]{4,}(?=<)`, 'gi'),
    replacement: `>${REDACTED}`,
  },
  // The API key … is invalid
  {
    clues: ['pi ', 'PI ', 'Pi '].map((mark) => ({ mark, before: ['a'], after: ['key'], offset: 1 })),
    expression:
      /(api key(?: (?:provided|given|used|is|was))?[:=]?\s?\\{0,16}["'`]?)(?=[^\s\d]{0,64}\d)(?=[^\sa-z]{0,64}[a-z])[\w-]{12,}/gi,
    replacement: `$1${REDACTED}`,
  },
  // curl -u user:…
  {
    clues: [
      { mark: '-u ', before: [' '], offset: 1 },
      { mark: '-', before: [' -'], after: ['user '], offset: 2 },
    ],
    expression: /( (?:-u|--user) ["']?[\w.@+-]{1,64}:)(?!\d{1,10}(?:\s|$))[^\s"'\\]{4,}/g,
    replacement: `$1${REDACTED}`,
  },
  // Cookie: name=value; name=value
  {
    clues: [BEFORE_COLON],
    expression: /:(?<=cookie:)(\s?)[^\s=;,"'\\]{1,128}=[^\r\n"'\\]+/gi,
    replacement: `:$1${REDACTED}`,
  },
  // AccountName=…;AccountKey=…
  {
    clues: [BEFORE_EQUALS, IN_CONNECTION_STRING],
    expression: new RegExp(`=(?<=;\\s{0,4}(?:${SECRET_NAME}|pwd|SharedAccessSignature)=)[^;"'\\s\\\\]{4,}`, 'gi'),
    replacement: `=${REDACTED}`,
  },
  // DATABASE_PASSWORD=…
  {
    clues: [IN_ENVIRONMENT],
    expression: new RegExp(
      `=(?<=(?:PASSWORD|PASSWD|_PWD|SECRET|TOKEN|API_?KEY|(?:ACCESS|ACCOUNT|ENCRYPTION|PRIVATE|SECRET|SIGNING)_KEY)=)(["']?)${LITERAL}[^\\s"'\\\\;&|()<>]{8,}`,
      'g',
    ),
    replacement: `=$1${REDACTED}`,
  },
  ...CODE_PATTERNS,
  // password = '…'
  {
    clues: [BEFORE_COLON, BEFORE_EQUALS],
    expression: new RegExp(
      `([:=])(?<=(?:${NAME})\\s{0,4}[:=])(\\s{0,4})(\\\\{0,16}["'\`])${LITERAL}[^\\s\\\\"]{6,}?(?=\\3(?!\\s{0,4}:))`,
      'gi',
    ),
    replacement: `$1$2$3${REDACTED}`,
  },
  // x-api-key: …, aws_secret_access_key = …; only with a digit, because words follow too
  {
    clues: [BEFORE_COLON, BEFORE_EQUALS],
    expression: new RegExp(
      `([:=])(?<=(?:${NAME})\\s{0,4}[:=])(\\s{0,4}(?:(?:apikey|basic|bearer|digest|token) )?)${LITERAL}(?=[^\\s\\d]{0,64}\\d)[A-Za-z0-9/+=_~!@#$%^*-]{6,}`,
      'gi',
    ),
    replacement: `$1$2${REDACTED}`,
  },
  // --password …
  {
    clues: [{ mark: '-', before: ['-'], after: ['[a-z]'], offset: 1 }],
    expression: new RegExp(
      `(--(?=[a-z])[\\w-]{0,40}(?:${SECRET_NAME}|token)[= ])${LITERAL}(?=[^\\s\\d]{0,64}\\d)[^\\s"'\\\\]{6,}`,
      'gi',
    ),
    replacement: `$1${REDACTED}`,
  },
  ...SENTENCE_PATTERNS,
];
