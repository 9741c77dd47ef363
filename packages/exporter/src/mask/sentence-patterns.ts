import type { Clue } from './credential-search.js';
import { LITERAL, type Pattern, REDACTED } from './pattern.js';

/** What stands between the name of a credential and its value: "password for ada is now: …". */
const VERB =
  '(?: (?:for|of|to)(?: [^\\s"\'\\\\]{1,32}){1,4})?' +
  ' (?:is|was|to|will be|has been (?:changed|reset|set) to|(?:changed|reset|set) to)(?: now| currently| still)?:? {1,2}';

const UNIT = '(?:bit|byte|char|day|digit|hour|letter|minute|month|second|symbol|time|week|year)';

/** What a text says of a password instead of saying the password: how it is stored, how long it is, what is wrong with it. */
const ABOUT =
  '(?!(?:aes|argon|base|bcrypt|hmac|iso|md|ntlmv|oauth|pbkdf|pkcs|rfc|rsa|scrypt|s?sha|tls|utf|wpa)-?\\d' +
  `|\\d{1,4}-?(?:${UNIT}|(?:h|min|ms|s|sec|th)(?![\\w-]))` +
  '|(?:field|form|input|item|line|page|part|rule|section|step|v|version)[-_ #]?\\d{1,3}(?!\\w)|[a-z]{2,10}:\\/\\/' +
  '|(?:required|missing|invalid|empty|null|undefined|optional|incorrect|wrong|weak|expired|hashed|encrypted|hidden)\\b)';

const LETTERS_AND_DIGITS =
  '(?=[^\\s\\d"\'`\\\\<>]{0,64}\\d)(?=[^\\sA-Za-z"\'`\\\\<>]{0,64}[A-Za-z])[^\\s"\'`\\\\<>]{6,}';

/** Letters with a digit, or at least four digits that count nothing. */
const PASSWORD = `${LITERAL}(?:${LETTERS_AND_DIGITS}` + `|\\d{4,12}(?![\\w-]|\\.\\d| {1,2}${UNIT}))`;

/** Words in quotes, which tell where they end. The group is the quote with its escapes. */
export const quoted = (group: number, not = '') =>
  `(\\\\{0,16}["'\`])${ABOUT}${not}${LITERAL}[^\\s"'\`\\\\][^"'\`\\\\\\r\\n]{3,128}(?=\\${group})`;

/** What a form asks or tells its user, where a password could be. */
export const NO_PROMPT =
  '(?![^"\'`\\\\]{0,128}\\b(?:pass(?:word|phrase|code)s?|phrase|choose|confirm|enter|forgot|least|must|please|repeat|should|your)\\b)';

/** Words such as people choose or wallets give out: no sentence has as many without one of these. */
const PLAIN_WORD =
  '(?!(?:and|any|are|but|can|for|from|has|have|its|least|must|not|only|should|than|that|the|then|this|used|was|when|which|will|with|you|your)(?![a-z]))[a-z]{3,10}';

const RANDOM_WORD = '(?=[^\\s\\d"\'`\\\\]{0,64}\\d)(?=[^\\sA-Za-z"\'`\\\\]{0,64}[A-Za-z])[\\w.~+/=-]';

/** `pass` in any usual case, before what follows it. Upper case is found by its `A`, which is searched for anyway. */
const pass = (...after: readonly string[]): Clue[] => [
  { mark: 'pass', after },
  { mark: 'Pass', after },
  { mark: 'A', before: ['P'], after: after.map((text) => `SS${text}`), offset: 1 },
];
const TOKEN: readonly Clue[] = [
  { mark: 'ken', before: ['to'], after: [' ', ':'], offset: 2 },
  { mark: 'K', before: ['TO'], after: ['EN ', 'EN:'], offset: 2 },
];

/** Credentials that a sentence gives away. All take time proportional to the length of any text, and remove no backslash or quote. */
export const SENTENCE_PATTERNS: readonly Pattern[] = [
  // The password is …, my password for the shop was …
  {
    clues: pass('word ', 'code ', 'phrase '),
    expression: new RegExp(`(pass(?:word|code|phrase)${VERB})(?:${quoted(2)}|${ABOUT}${PASSWORD})`, 'gi'),
    replacement: `$1$2${REDACTED}`,
  },
  // Log in with password …; only here digits alone, or words in quotes
  {
    clues: pass('word ', 'code ', 'phrase ', 'word:', 'code:', 'phrase:'),
    expression: new RegExp(
      `(pass(?<=\\b(?:use|using|with|and)(?: the)? pass)(?:word|code|phrase):? )(?:${quoted(2)}|${ABOUT}${PASSWORD})`,
      'gi',
    ),
    replacement: `$1$2${REDACTED}`,
  },
  // User ada, password …
  {
    clues: pass('word ', 'code '),
    expression: new RegExp(`(pass(?<=\\bpass)(?:word|code) )${ABOUT}${LITERAL}${LETTERS_AND_DIGITS}`, 'gi'),
    replacement: `$1${REDACTED}`,
  },
  // CREATE USER app PASSWORD '…'; IDENTIFIED BY '…'
  {
    clues: [
      { mark: 'A', before: ['P'], after: ["SSWORD '"], offset: 1 },
      { mark: 'B', before: ['IDENTIFIED '], after: ["Y '"], offset: 11 },
    ],
    expression: new RegExp(`((?:PASSWORD|IDENTIFIED BY) ')${LITERAL}[^'\\s\\\\]{4,}(?=')`, 'g'),
    replacement: `$1${REDACTED}`,
  },
  // passphrase: "four words here"
  {
    clues: [':', '='].map((mark) => ({ mark, before: ['password', 'passcode', '[sdcy]phrase', '[dcy][-_ ]phrase'] })),
    expression: new RegExp(
      `([:=])(?<=(?:pass(?:word|code|phrase)|(?:mnemonic|recovery|seed)[-_ ]?phrase)\\s{0,4}[:=])(\\s{0,4})${quoted(3, NO_PROMPT)}`,
      'gi',
    ),
    replacement: `$1$2$3${REDACTED}`,
  },
  // Passphrase: correct horse battery staple
  {
    clues: [':', '='].map((mark) => ({ mark, before: ['[sdcy]phrase', '[dcy][-_ ]phrase', 'mnemonic'] })),
    expression: new RegExp(
      `([:=])(?<=(?:passphrase|mnemonic|(?:mnemonic|recovery|seed)[-_ ]?phrase)\\s{0,4}[:=])(\\s{0,4})` +
        `${PLAIN_WORD}(?:[ -]${PLAIN_WORD}){3,23}(?![\\w' -])`,
      'gi',
    ),
    replacement: `$1$2${REDACTED}`,
  },
  // My seed phrase is …, of twelve words or more
  {
    clues: [{ mark: 'phrase', after: [' is'] }],
    expression: new RegExp(`(phrase is:? )${PLAIN_WORD}(?: ${PLAIN_WORD}){11,23}(?![a-z])`, 'g'),
    replacement: `$1${REDACTED}`,
  },
  // pw: …
  {
    clues: [':', '='].map((mark) => ({ mark, before: ['pw', 'pwd'] })),
    expression: new RegExp(`([:=])(?<=\\bpwd?[:=])( ?)(?![~./]|[A-Z]:)${LITERAL}${LETTERS_AND_DIGITS}`, 'gi'),
    replacement: `$1$2${REDACTED}`,
  },
  // Your verification code is 123456, OTP: 123456
  {
    clues: [
      { mark: 'code', before: ['tion ', 'time ', 'rity ', 'ogin ', 'cess '], after: [' ', ':'], offset: 1 },
      { mark: 'OTP', after: [' ', ':'] },
      { mark: 'PIN', after: [' ', ':'] },
    ],
    expression:
      /((?: (?<=(?:[Vv]erification|[Aa]uthentication|[Oo]ne-time|[Ss]ecurity|[Ll]ogin|[Aa]ccess) )code|OTP|PIN)(?: code)?(?: is| was)?:? )\d{3,4}[ -]?\d{1,4}(?![\w-]|\.\d)/g,
    replacement: `$1${REDACTED}`,
  },
  // Invalid token "…"; what looks random only, because parsers speak of tokens too
  {
    clues: TOKEN,
    expression: new RegExp(`(token(?<!nexpected token):? (\\\\{0,16}["'\`]))${RANDOM_WORD}{8,}(?=\\2)`, 'gi'),
    replacement: `$1${REDACTED}`,
  },
  // Invalid token …, your token is …
  {
    clues: TOKEN,
    expression: new RegExp(
      `(token(?:(?<=(?:invalid|expired|revoked|unknown|wrong|bad) (?:[a-z]{3,10} )?token)| (?:is|was))(?: now)?:? )${RANDOM_WORD}{16,}`,
      'gi',
    ),
    replacement: `$1${REDACTED}`,
  },
];
