import type { Clue } from './credential-search.js';
import { LITERAL, type Pattern, REDACTED } from './pattern.js';
import { SENTENCE_PATTERNS } from './sentence-patterns.js';

/**
 * How names of credentials end, in attribute keys, JSON, headers and variables. `PWD` and `OLDPWD` alone are folders.
 */
const NAME =
  'pass(?:word|wd|phrase)|(?<![^a-z_-]|old|^)pwd|secret|api[-_]?key|' +
  '(?:access|auth|bearer|id|private|refresh|security|session)[-_]?token|' +
  '(?:access|account|encryption|functions|license|master|private|secret|shared[-_]?access|signing|subscription)[-_]?key|' +
  'authorization|passcode|otp|(?:otp|mfa|2fa|verification|one[-_]?time)[-_]?code';
/** Cookies are credentials in headers. In code, the word usually precedes the name of a cookie. */
export const SECRET_NAME = `${NAME}|cookie`;

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

/** Endings of the names above that precede a colon or an equals sign. Add the ending of each new name here. */
const ENDS_OF_NAMES = [
  ...['password', 'passwd', 'passphrase', 'pwd', 'secret', 'authorization', 'cookie'],
  ...['[eginrst]key', '[eginrst][-_]key', '[dehnrsy]token', '[dehnrsy][-_]token'],
  ...['otp', '[aenps]code', '[aenp][-_]code'],
];
const BEFORE_COLON: Clue = { mark: ':', before: ENDS_OF_NAMES };
const BEFORE_EQUALS: Clue = { mark: '=', before: ENDS_OF_NAMES };
/** In a list of names and values by turns. */
const BEFORE_COMMA: Clue = { mark: ',', before: ENDS_OF_NAMES };
/** Further names, of which only some expressions know. */
const IN_QUERY: Clue = {
  mark: '=',
  before: [
    ...['[?&#;]key', '[?&#;]token', '[?&#;]sig', '[?&#;]signature', '-credential', '-signature'],
    ...['[?&#;]auth', '[?&#;]pass', '[?&#;]pwd'],
  ],
};
/** Names that are those of credentials only where the value looks random. */
const ENDS_OF_MAYBE_NAMES = ['token', '["\']pass', '[_-]pass', 'credentials'];
const MAYBE: Clue = { mark: ':', before: ENDS_OF_MAYBE_NAMES };
const COOKIES: Clue = { mark: ':', before: ['cookie', 'cookies'] };
const IN_CONNECTION_STRING: Clue = { mark: '=', before: ['SharedAccessSignature'] };
const IN_ENVIRONMENT: Clue = { mark: '=', before: ['PASSWORD', 'PASSWD', '_PWD', 'SECRET', 'TOKEN', 'KEY'] };

/** In JSON, after the name of a credential. Groups 1 and 2 are the escapes of the quote, and the quote. */
const AFTER_JSON_NAME = `:(?<=(?:${SECRET_NAME})(\\\\{0,16})(["'])\\s{0,4}:)`;
/**
 * The content of a string in such quotes: escaped backslashes, escaped quotes, and anything but the closing quote. No character can be
 * read in two ways: else a search that fails behind the string would try every way to read a run of backslashes.
 */
const JSON_STRING = '(?:\\1\\1\\\\\\\\|\\1\\\\\\1\\2|(?!\\1\\1\\\\\\\\|\\1\\\\\\1\\2|\\1\\2)[\\s\\S])*';

/** What may stand between the parts of JSON that is indented. */
const SPACES = '\\s{0,64}';
/** In JSON, a whole string that is the name of a credential. */
const WHOLE_NAME = `[\\w.-]{0,64}(?:${SECRET_NAME})`;
/** In JSON, a field for such a name. */
const NAME_FIELD = '(?:name|key|header|field|id|label|param|parameter|property|setting|variable|k)';
/** In JSON, fields that may stand between the name and the value. */
const OTHER_FIELDS = `(?:\\1\\2\\w{1,32}\\1\\2${SPACES}:${SPACES}(?:\\1\\2[^"'\\\\]{0,64}\\1\\2|[\\w.-]{1,16})${SPACES},${SPACES}){0,3}`;
/** In JSON, the key of the value. */
const VALUE_FIELD = '(?:\\w{0,16}value|v)';
/** In JSON, after the field of such a name and the key of its value. A lookbehind is matched from its end: groups 1 and 2 are as above. */
const afterName = (name: string, valueField: string) =>
  `:(?<=${NAME_FIELD}\\1\\2${SPACES}:${SPACES}\\1\\2${name}\\1\\2\\s{0,4},${SPACES}${OTHER_FIELDS}\\1\\2` +
  `${valueField}(\\\\{0,16})(["'])${SPACES}:)`;
const AFTER_NAME_AND_VALUE = afterName(WHOLE_NAME, VALUE_FIELD);
const beforeName = (name: string) =>
  `(?=\\1\\2${SPACES},${SPACES}${OTHER_FIELDS}\\1\\2${NAME_FIELD}\\1\\2${SPACES}:${SPACES}\\1\\2${name}\\1\\2(?:\\s{0,4},|${SPACES}\\}))`;

/** Names that are those of credentials only where the value looks random, because a token may be a word. */
export const MAYBE_NAME =
  '(?:(?![\\w.-]{0,64}(?:page|next|continuation|cursor|sync)[-_]?token)[\\w.-]{0,64}token|(?:[\\w.-]{0,64}[_-])?pass|credentials)';
/** Fields of a value that may hold a sentence instead, as in the message of a tool whose name ends like that of a credential. */
const MAYBE_VALUE_FIELD = '(?:value|v|val|content|text|data)';
const MAYBE_OR_WHOLE_NAME = `(?:${WHOLE_NAME}|${MAYBE_NAME})`;
/** A name that is a value itself, by what follows it: fields called `value` or `name` are in most JSON, such names are not. */
const NAME_BESIDE: readonly Clue[] = [',', '}'].map((mark) => ({
  mark,
  before: [...ENDS_OF_NAMES, ...ENDS_OF_MAYBE_NAMES],
  around: new RegExp(
    `${mark}(?<=${NAME_FIELD}\\1\\2${SPACES}:${SPACES}\\1\\2${MAYBE_OR_WHOLE_NAME}(\\\\{0,16})(["'])${mark === ',' ? '\\s{0,4}' : SPACES}${mark})`,
    'i',
  ),
}));
/** In JSON, a string that looks random. */
const RANDOM_STRING = `\\1\\2(?=[^"'\\s\\\\]{6})(?=[^"'\\s\\d\\\\]{0,64}\\d)(?=[^"'\\sA-Za-z\\\\]{0,64}[A-Za-z])[^"'\\s\\\\]{6,}(?=\\1\\2)`;

/** User and password in a URL; the password may hold an @, though it should not. */
const URL_WITH_PASSWORD = /:\/\/(?![$<{])(?:[^\s/:@"'\\?#]{0,256}:[^\s/"'\\?#]{1,256}|[^\s/:@"'\\?#]{20,256})@/.source;

/**
 * Credentials by their published format, or by the name before them. Each replacement shows what kind of credential it was. All
 * take time proportional to the length of any text, and none removes a backslash or quote from JSON.
 */
export const PATTERNS: readonly Pattern[] = [
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
  // "password": "…", also in nested JSON, where the quotes are escaped
  {
    clues: [BEFORE_COLON],
    expression: new RegExp(`${AFTER_JSON_NAME}(\\s{0,4})\\1\\2${JSON_STRING}`, 'gi'),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // "set-cookie": ["…", "…"]
  {
    clues: [BEFORE_COLON],
    expression: new RegExp(
      `${AFTER_JSON_NAME}(\\s{0,4}\\[${SPACES})\\1\\2${JSON_STRING}(?:\\1\\2\\s{0,4},${SPACES}\\1\\2${JSON_STRING})*`,
      'gi',
    ),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // "cookie", "…", as rawHeaders have it. Without a digit, an equals sign or a space it may as well be the next name of a list.
  {
    clues: [BEFORE_COMMA],
    expression: new RegExp(
      `,(?<=["']${WHOLE_NAME}(\\\\{0,16})(["'])\\s{0,4},)(${SPACES})\\1\\2(?=[^"'\\s\\d=\\\\]{0,64}[\\d= ])${JSON_STRING}`,
      'gi',
    ),
    replacement: `,$3$1$2${REDACTED}`,
  },
  // [["password", "…"]]
  {
    clues: [BEFORE_COMMA],
    expression: new RegExp(
      `,(?<=[[,]${SPACES}\\[${SPACES}\\1\\2${WHOLE_NAME}(\\\\{0,16})(["'])\\s{0,4},)(${SPACES})\\1\\2${JSON_STRING}(?=\\1\\2${SPACES}\\])`,
      'gi',
    ),
    replacement: `,$3$1$2${REDACTED}`,
  },
  // { "name": "password", "value": "…" }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(`${AFTER_NAME_AND_VALUE}(${SPACES})\\1\\2${JSON_STRING}`, 'gi'),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // { "value": "…", "name": "password" }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(
      `:(?<=["']${VALUE_FIELD}(\\\\{0,16})(["'])\\s{0,4}:)(${SPACES})\\1\\2${JSON_STRING}${beforeName(WHOLE_NAME)}`,
      'gi',
    ),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // { "name": "otp", "value": 123456 }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(`${AFTER_NAME_AND_VALUE}(${SPACES})-?\\d{4,}[\\d.eE+-]*`, 'gi'),
    replacement: `:$3$1$2${REDACTED}$1$2`,
  },
  // { "key": "token", "value": "…" }, { "name": "apiKey", "content": "…" }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(`${afterName(MAYBE_OR_WHOLE_NAME, MAYBE_VALUE_FIELD)}(${SPACES})${RANDOM_STRING}`, 'gi'),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // { "content": "…", "name": "apiKey" }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(
      `:(?<=["']${MAYBE_VALUE_FIELD}(\\\\{0,16})(["'])\\s{0,4}:)(${SPACES})${RANDOM_STRING}${beforeName(MAYBE_OR_WHOLE_NAME)}`,
      'gi',
    ),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // "github_token": "…", "pass": "…"; only what looks random
  {
    clues: [MAYBE],
    expression: new RegExp(
      `:(?<=["']${MAYBE_NAME}(\\\\{0,16})(["'])\\s{0,4}:)(\\s{0,4})(?=\\1\\2[^"'\\s\\\\]{8})${RANDOM_STRING}`,
      'gi',
    ),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // token: …
  {
    clues: [MAYBE],
    expression: /:(?<=\btoken:)(\s{0,4})(?=[^\s\d]{0,64}\d)(?=[^\sA-Za-z]{0,64}[A-Za-z])[\w-]{20,}/gi,
    replacement: `:$1${REDACTED}`,
  },
  // "cookies": { … }, "cookies": [{ … }]
  {
    clues: [COOKIES],
    expression: new RegExp(
      `:(?<=cookies?(\\\\{0,16})(["'])\\s{0,4}:)(\\s{0,4})` +
        // The string is captured ahead, so that it ends at its own quote whatever follows.
        `(?:\\{(?:\\1\\2(?=(${JSON_STRING}))\\4\\1\\2|[^"'\\\\{}])*\\}|\\[${SPACES}\\{(?:\\1\\2(?=(${JSON_STRING}))\\5\\1\\2|[^"'\\\\[\\]])*\\])`,
      'gi',
    ),
    replacement: `:$3$1$2${REDACTED}$1$2`,
  },
  // <password>…</password>
  {
    clues: [{ mark: '>', before: ENDS_OF_NAMES }],
    expression: new RegExp(`>(?<=<[\\w.:-]{0,64}(?:${SECRET_NAME})>)[^<>\\s"'\\\\]{4,}(?=<)`, 'gi'),
    replacement: `>${REDACTED}`,
  },
  // The API key … is invalid
  {
    clues: ['pi key', 'PI key', 'pi Key', 'PI Key', 'PI KEY'].map((mark) => ({ mark, offset: 1 })),
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
  // "password": 123456
  {
    clues: [BEFORE_COLON],
    expression: new RegExp(`${AFTER_JSON_NAME}(\\s{0,4})-?\\d{4,}[\\d.eE+-]*`, 'gi'),
    replacement: `:$3$1$2${REDACTED}$1$2`,
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
  // password = '…'
  {
    clues: [BEFORE_COLON, BEFORE_EQUALS],
    expression: new RegExp(
      `([:=])(?<=(?:${NAME})\\s{0,4}[:=])(\\s{0,4})(\\\\{0,16}["'\`])${LITERAL}(?:(?!\\3)[^\\s\\\\]){6,}(?=\\3)`,
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
