import { LITERAL, type Pattern, REDACTED } from './pattern.js';

/** What stands between the name of a credential and its value: "password for ada is now: …". */
const VERB =
  '(?: (?:for|of|to)(?: [^\\s"\'\\\\]{1,32}){1,4})?' +
  ' (?:is|was|to|will be|has been (?:changed|reset|set) to|(?:changed|reset|set) to)(?: now| currently)?:? {1,2}';

/** What a text says of a password instead of saying the password. */
const ABOUT =
  '(?!(?:aes|argon|base|bcrypt|hmac|md|pbkdf|rsa|scrypt|sha|utf)-?\\d|\\d{1,4}-[a-z]' +
  '|(?:required|missing|invalid|empty|null|undefined|optional|incorrect|wrong|weak|expired|hashed|encrypted|hidden)\\b)';

/** Letters with a digit, or at least four digits that count nothing. */
const PASSWORD =
  `${LITERAL}(?:(?=[^\\s\\d"'\`\\\\<>]{0,64}\\d)(?=[^\\sA-Za-z"'\`\\\\<>]{0,64}[A-Za-z])[^\\s"'\`\\\\<>]{6,}` +
  '|\\d{4,12}(?![\\w-]|\\.\\d| {1,2}(?:bit|byte|char|day|digit|hour|letter|minute|month|second|symbol|time|week|year)))';

/** Words in quotes, which tell where they end. The first group is the quote with its escapes. */
const quoted = (group: number) =>
  `(\\\\{0,16}["'\`])${ABOUT}${LITERAL}[^\\s"'\`\\\\][^"'\`\\\\\\r\\n]{3,64}(?=\\${group})`;

const RANDOM_WORD = '(?=[^\\s\\d"\'`\\\\]{0,64}\\d)(?=[^\\sA-Za-z"\'`\\\\]{0,64}[A-Za-z])[\\w.~+/=-]';

/** Credentials that a sentence gives away. All take time proportional to the length of any text, and remove no backslash or quote. */
export const SENTENCE_PATTERNS: readonly Pattern[] = [
  // The password is …, my password for the shop was …
  {
    clues: [
      { mark: 'word', before: ['[Pp]ass'], after: [' '], offset: 4 },
      { mark: 'code', before: ['[Pp]ass'], after: [' '], offset: 4 },
    ],
    expression: new RegExp(`([Pp]ass(?:word|code)${VERB})(?:${quoted(2)}|${ABOUT}${PASSWORD})`, 'g'),
    replacement: `$1$2${REDACTED}`,
  },
  // Log in with password …
  {
    clues: [
      { mark: 'word', before: ['[edgh] pass'], after: [' ', ':'], offset: 5 },
      { mark: 'code', before: ['[edgh] pass'], after: [' ', ':'], offset: 5 },
    ],
    expression: new RegExp(
      `( (?<=\\b(?:[Uu]se|[Uu]sing|[Ww]ith|and)(?: the)? )pass(?:word|code):? )(?:${quoted(2)}|${ABOUT}${PASSWORD})`,
      'g',
    ),
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
    clues: [{ mark: 'ken', before: ['[Tt]o'], after: [' ', ':'], offset: 2 }],
    expression: new RegExp(`([Tt]oken(?<!nexpected token):? (\\\\{0,16}["'\`]))${RANDOM_WORD}{8,}(?=\\2)`, 'g'),
    replacement: `$1${REDACTED}`,
  },
  // Invalid token …, your token is …
  {
    clues: [{ mark: 'ken', before: ['[Tt]o'], after: [' ', ':'], offset: 2 }],
    expression: new RegExp(
      `([Tt]oken(?:(?<=(?:[Ii]nvalid|[Ee]xpired|[Rr]evoked|[Uu]nknown|[Ww]rong|[Bb]ad) (?:[a-z]{3,10} )?token)| (?:is|was))(?: now)?:? )${RANDOM_WORD}{16,}`,
      'g',
    ),
    replacement: `$1${REDACTED}`,
  },
];
