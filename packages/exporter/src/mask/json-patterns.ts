import {
  BEFORE_COLON,
  BEFORE_COMMA,
  ENDS_OF_MAYBE_NAMES,
  ENDS_OF_NAMES,
  MAYBE,
  MAYBE_NAME,
  SECRET_NAME,
  SECRET_WORD,
} from './credential-names.js';
import type { Clue } from './credential-search.js';
import { type Pattern, REDACTED } from './pattern.js';

const COOKIES: Clue = { mark: ':', before: ['cookie', 'cookies'] };

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
const WHOLE_NAME = `[\\w. -]{0,64}(?:${SECRET_NAME})`;
/** The same in a list, where a text with spaces is a sentence. */
const WHOLE_WORD = `[\\w.-]{0,64}(?:${SECRET_WORD})`;
/** In JSON, a field for such a name. */
const NAME_FIELD = '(?:name|key|header|field|id|label|param|parameter|property|setting|variable|k)';
/** In JSON, fields that may stand between the name and the value. */
const OTHER_FIELDS = `(?:\\1\\2\\w{1,32}\\1\\2${SPACES}:${SPACES}(?:\\1\\2[^"'\\\\]{0,64}\\1\\2|[\\w.-]{1,16})${SPACES},${SPACES}){0,3}`;
/** In JSON, the key of the value. */
const VALUE_FIELD = '(?:\\w{0,16}value|v)';
/** The key of a value that has its type beside it: `{ "stringValue": "…" }` in OTLP, `{ "S": "…" }` in DynamoDB. */
const TYPE_FIELD = '(?:\\w{0,16}value|s|n|b)';
/** Before such a value. */
const TYPED = `\\{${SPACES}\\1\\2${TYPE_FIELD}\\1\\2${SPACES}:${SPACES}`;
/** Before the first of a list of such values: `{ "arrayValue": { "values": [{ "stringValue": "…`. */
const TYPED_LIST = `\\{${SPACES}\\1\\2(?:\\w{0,16}value|l)\\1\\2${SPACES}:${SPACES}(?:\\{${SPACES}\\1\\2values\\1\\2${SPACES}:${SPACES})?\\[${SPACES}`;
/** In JSON, after the field of such a name and the key of its value. A lookbehind is matched from its end: groups 1 and 2 are as above. */
const afterName = (name: string, valueField: string) =>
  `:(?<=${NAME_FIELD}\\1\\2${SPACES}:${SPACES}\\1\\2${name}\\1\\2\\s{0,4},${SPACES}${OTHER_FIELDS}\\1\\2` +
  `${valueField}(\\\\{0,16})(["'])${SPACES}:)`;
const AFTER_NAME_AND_VALUE = afterName(WHOLE_NAME, VALUE_FIELD);
const beforeName = (name: string, afterValue = '') =>
  `(?=\\1\\2${afterValue}${SPACES},${SPACES}${OTHER_FIELDS}\\1\\2${NAME_FIELD}\\1\\2${SPACES}:${SPACES}\\1\\2${name}\\1\\2(?:\\s{0,4},|${SPACES}\\}))`;

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
/** Credentials in JSON, by the name before or beside them. */
export const JSON_PATTERNS: readonly Pattern[] = [
  // "password": "…", also in nested JSON, where the quotes are escaped
  {
    clues: [BEFORE_COLON],
    expression: new RegExp(`${AFTER_JSON_NAME}(\\s{0,4}(?:${TYPED})?)\\1\\2${JSON_STRING}`, 'gi'),
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
      `,(?<=["']${WHOLE_WORD}(\\\\{0,16})(["'])\\s{0,4},)(${SPACES})\\1\\2(?=[^"'\\s\\d=\\\\]{0,64}[\\d= ])${JSON_STRING}`,
      'gi',
    ),
    replacement: `,$3$1$2${REDACTED}`,
  },
  // [["password", "…"]]
  {
    clues: [BEFORE_COMMA],
    expression: new RegExp(
      `,(?<=[[,]${SPACES}\\[${SPACES}\\1\\2${WHOLE_WORD}(\\\\{0,16})(["'])\\s{0,4},)(${SPACES})\\1\\2${JSON_STRING}(?=\\1\\2${SPACES}\\])`,
      'gi',
    ),
    replacement: `,$3$1$2${REDACTED}`,
  },
  // { "name": "password", "value": "…" }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(`${AFTER_NAME_AND_VALUE}(${SPACES}(?:${TYPED})?)\\1\\2${JSON_STRING}`, 'gi'),
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
  // { "value": { "stringValue": "…" }, "key": "password" }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(
      `:(?<=["']${VALUE_FIELD}(\\\\{0,16})(["'])\\s{0,4}:)(${SPACES}${TYPED})\\1\\2${JSON_STRING}${beforeName(WHOLE_NAME, `${SPACES}\\}`)}`,
      'gi',
    ),
    replacement: `:$3$1$2${REDACTED}`,
  },
  // { "key": "cookie", "value": { "arrayValue": { "values": [{ "stringValue": "…" }, …
  ...[
    { clues: NAME_BESIDE, before: AFTER_NAME_AND_VALUE },
    { clues: [BEFORE_COLON], before: AFTER_JSON_NAME },
  ].map(({ clues, before }) => ({
    clues,
    expression: new RegExp(
      `${before}(${SPACES}${TYPED_LIST}${TYPED})\\1\\2${JSON_STRING}(?:\\1\\2${SPACES}\\}${SPACES},${SPACES}${TYPED}\\1\\2${JSON_STRING})*`,
      'gi',
    ),
    replacement: `:$3$1$2${REDACTED}`,
  })),
  // { "name": "otp", "value": 123456 }
  {
    clues: NAME_BESIDE,
    expression: new RegExp(`${AFTER_NAME_AND_VALUE}(${SPACES}(?:${TYPED})?)-?\\d{4,}[\\d.eE+-]*`, 'gi'),
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
  // "password": 123456
  {
    clues: [BEFORE_COLON],
    expression: new RegExp(`${AFTER_JSON_NAME}(\\s{0,4}(?:${TYPED})?)-?\\d{4,}[\\d.eE+-]*`, 'gi'),
    replacement: `:$3$1$2${REDACTED}$1$2`,
  },
];
