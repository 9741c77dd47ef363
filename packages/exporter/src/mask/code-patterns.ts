import { BEFORE_COLON, BEFORE_COMMA, BEFORE_EQUALS, ENDS_OF_NAMES, NAME, SECRET_WORD } from './credential-names.js';
import type { Clue } from './credential-search.js';
import { LITERAL, type Pattern, REDACTED } from './pattern.js';
import { NO_PROMPT, quoted } from './sentence-patterns.js';

/** A line break, also as JSON has it in a string, or in a string of a string. */
const BREAK = '(?:\\r?\\n|(?:\\\\{1,16}r)?\\\\{1,16}n)';
/** Between an operator and its value. */
const GAP = '(?:[ \\t\\r\\n]|\\\\{1,16}[nrt]){0,64}';
const QUOTE = '\\\\{0,16}["\'`]';
/** The beginning of a name, also after an escape in JSON. */
const BEGIN = '(?<![A-Za-z0-9](?<!\\\\[nrt]))';
/** Ends of names of passwords and keys in code; `pw`, `pwd` and `$pass` alone too. */
const DECLARED = `(?:${NAME}|${BEGIN}pwd?|\\$(?:[a-z]{1,32}_)?pass)`;
/** Those whose value may be several words. */
const OF_WORDS = '(?:pass(?:word|code|phrase)|(?:mnemonic|recovery|seed)[-_ ]?phrase)';

/** Between brackets of a type, such as `Record<string, string>`. */
const BRACKETS = '[<[][\\w ,.|&?*<-]{0,48}[>\\]]{1,3}';
const TYPE_WORD = `[*&]?(?:&'?\\w{0,16} )?[\\w.$]{1,40}(?:${BRACKETS})?[?*!&]{0,2}`;
/** `: Type`, as in TypeScript, Python, Rust, Kotlin and Swift; ` string`, as in Go; `[32]`, as in C; ` VARCHAR(32)`, as in SQL. */
const TYPE =
  `[?!]?(?: {0,4}: {0,4}${TYPE_WORD}(?: {0,4}[|&] {0,4}${TYPE_WORD}){0,4}` +
  '| {1,4}(?:string|str|\\[\\]byte|n?(?:var)?char(?:\\(\\w{1,8}\\))?)|\\[\\w{0,16}\\])';
/** Roughly what stands between a name and an equals sign, so that what is no declaration takes few steps. */
const NEARLY_TYPE =
  '[?!]?(?: {0,4}:[^:=;"`\\r\\n]{0,120}[^\\s:=;"`]| {1,4}[\\w()[\\]]{3,20}|\\[\\w{0,16}\\])\\s{0,32}:?';
const afterType = (names: string): string => `(?![=>])(?<=${names}${NEARLY_TYPE}=)(?<=${names}${TYPE}\\s{0,32}:?=)`;
/** `name =`, `name :=`, `"name" =>`, `env["NAME"] =`, `name ||=`, `name ===`. */
const afterOperator = (names: string): string =>
  `(?<=${names}(?:\\\\{0,16}["'])?\\]?\\s{0,32}(?:[:!+]|\\?{1,2}|\\|\\|)?=)`;

const SHORT_NAME: Clue = { mark: '=', before: ['pw', 'pwd', 'pass'] };
const OPERATOR: Clue = { mark: '=', before: ['[:!+?|]', ']'] };

/** Before the string itself: its prefix, such as `@` or `r`, the first two of three quotes, or what makes another value of the string. */
const PREFIX =
  '(?:(?:new |&)?(?:String(?:::from|\\.valueOf|\\.from|\\.of)?|std::string|Some|Ok|Secret(?:Str(?:ing)?)?(?:::new|::from|\\.from)?|' +
  'SecureString|Optional\\.of|CString::new|Buffer\\.from|(?:base64\\.)?b64decode|ConvertTo-SecureString(?: -String)?)[( ]){0,2}' +
  '(?:@|\\$@?|[rbfu]{1,2}|L)?(?:\\\\{0,16}"\\\\{0,16}"(?=\\\\{0,16}")|\'\'(?=\'))?';
/** What code compares a name with, or says of it. */
const NO_VALUE =
  '(?!(?:string|number|boolean|object|undefined|function|required|optional|sometimes|nullable|confirmed|hashed|encrypted|missing|invalid|hidden|' +
  'redacted|disabled|enabled|changed|\\*{3,})["\'`\\\\|])(?![~./]|[A-Z]:)';
/**
 * A string without spaces. Group 2 is its quote with the backslashes that escape it. A double quote may be the end of a string of JSON in
 * which all of it stands.
 */
const STRING = `(${QUOTE})${NO_VALUE}${LITERAL}[^\\s\\\\"]{6,}?(?=\\2)`;
/** A string of letters and digits. */
const RANDOM_STRING = '(?=[^\\s\\d"\'`\\\\]{0,64}\\d)(?=[^\\sA-Za-z"\'`\\\\]{0,64}[A-Za-z])[^\\s"\'`\\\\]{8,}';
/** Names of credentials only where the value looks random. */
const MAYBE_DECLARED = `(?:(?<!(?:page|next|continuation|cursor|sync)[-_]?)token|${BEGIN}pass)`;

/** How types end that texts have. */
const TYPE_ENDS = ['tring', 'str', 'char', 'fined', 'null', 'none', 'ecret', '[0-9x])', '[>?*!]', ']'];
const ENDED = '(?<=(?:tring|str|char|fined|null|none|ecret|[\\dx]\\)|[>?*!\\]])\\s{0,32}:?=)';
const TYPED: Clue = {
  mark: '=',
  before: TYPE_ENDS,
  around: new RegExp(
    `=(?![=>])(?<=(?:${DECLARED}|${OF_WORDS}|${MAYBE_DECLARED})${NEARLY_TYPE}=)${GAP}${PREFIX}${QUOTE}`,
    'i',
  ),
};

/** What a line of settings says of a password instead of saying the password, or the name of another setting. */
const NO_SETTING =
  '(?!(?:case|read|write|non|auto|per|multi|one|two|built|self|user|end|plain|base64|sha\\d*)[-_])(?![\\w!@#%^&*+~=-]{0,64}(?:pass|secret|token|field|input|name|key|required|optional))';

/** Credentials in code and in files of settings. All take time proportional to the length of any text, and remove no backslash or quote. */
export const CODE_PATTERNS: readonly Pattern[] = [
  // const password: string = '…'; var password string = "…"; char password[] = "…"
  {
    clues: [TYPED],
    expression: new RegExp(`=${ENDED}${afterType(DECLARED)}(${GAP}${PREFIX})${STRING}`, 'gi'),
    replacement: `=$1$2${REDACTED}`,
  },
  // password := "…", "password" => "…", env["PASSWORD"] = "…", password =↵ "…"
  {
    clues: [BEFORE_EQUALS, SHORT_NAME, OPERATOR],
    expression: new RegExp(`=${afterOperator(DECLARED)}(={0,2}>?${GAP}${PREFIX})${STRING}`, 'gi'),
    replacement: `=$1$2${REDACTED}`,
  },
  // const passphrase: string = "four words here", passphrase := "four words here"
  {
    clues: [TYPED, BEFORE_EQUALS, OPERATOR],
    expression: new RegExp(
      `=(?:${ENDED}${afterType(OF_WORDS)}|${afterOperator(OF_WORDS)})(={0,2}>?${GAP}${PREFIX})${quoted(2, `(?=[^"'\`\\\\]{0,128} )${NO_PROMPT}`)}`,
      'gi',
    ),
    replacement: `=$1$2${REDACTED}`,
  },
  // password:↵ '…', and not the first key of what is below `password:`
  {
    clues: [BEFORE_COLON],
    expression: new RegExp(
      `:(?<=(?:${NAME})(?:\\\\{0,16}["'])?\\s{0,4}:)(${GAP}(?:[!&][\\w!:/.-]{1,32} )?${PREFIX})${STRING}(?!\\2 {0,4}:)`,
      'gi',
    ),
    replacement: `:$1$2${REDACTED}`,
  },
  // const token = "…"; token: str = "…"; $pass = '…'; only what looks random
  {
    clues: [{ mark: '=', before: ['token', 'pass'] }, TYPED, OPERATOR],
    expression: new RegExp(
      `=(?:${ENDED}${afterType(MAYBE_DECLARED)}|(?<=${MAYBE_DECLARED}(?:\\\\{0,16}["'])?\\]?\\s{0,32}:?=))(>?${GAP}${PREFIX})(${QUOTE})${LITERAL}${RANDOM_STRING}(?=\\2)`,
      'gi',
    ),
    replacement: `=$1$2${REDACTED}`,
  },
  // define('PASSWORD', '…'); os.getenv("PASSWORD", "…")
  {
    clues: [BEFORE_COMMA],
    expression: new RegExp(
      ',(?<=(?:\\b|\\\\[nrt])(?:define|putenv|setenv|getenv|environ\\.get|put|(?:set|add|get|with)_?(?:property|item|header|parameter|env\\w{0,12}|default|option|config))' +
        `\\(\\s{0,4}\\\\{0,16}["'][\\w.-]{0,64}(?:${SECRET_WORD})\\\\{0,16}["']\\s{0,4},)(${GAP}${PREFIX})${STRING}`,
      'gi',
    ),
    replacement: `,$1$2${REDACTED}`,
  },
  // <add key="password" value="…"/>, <input type="password" value="…">
  {
    clues: [{ mark: '=', before: ['value'] }],
    expression: new RegExp(
      `=(?<=(?:<[\\w.:-]{0,64}(?:${NAME})|\\b(?:id|key|name|type)=\\\\{0,16}["'][\\w.:-]{0,64}(?:${NAME})\\\\{0,16}["']) {1,4}value=)()` +
        `(${QUOTE})${LITERAL}[^\\\\\\r\\n<>"]{4,}?(?=\\2)`,
      'gi',
    ),
    replacement: `=$1$2${REDACTED}`,
  },
  // <property name="password">…</property>; a word may be the label of an input
  {
    clues: [{ mark: '>', before: ENDS_OF_NAMES }],
    expression: new RegExp(
      `>(?<=\\b(?:key|name)=${QUOTE}[\\w.:-]{0,64}(?:${NAME})${QUOTE}>)(?=\\w{0,64}[^\\w<]|\\w{0,64}\\d)[^<>\\s"'\\\\]{4,}(?=<)`,
      'gi',
    ),
    replacement: `>${REDACTED}`,
  },
  // variable "password" {↵ default = "…"
  {
    clues: [{ mark: '=', before: ['default'] }],
    expression: new RegExp(
      `=(?<=variable ${QUOTE}[\\w.-]{0,64}(?:${NAME})${QUOTE} ?\\{[^{}]{0,256}default {0,32}=)(${GAP})${STRING}`,
      'gi',
    ),
    replacement: `=$1$2${REDACTED}`,
  },
  // password: |↵ …
  {
    clues: [BEFORE_COLON],
    expression: new RegExp(
      `:(?<=(?:${NAME})\\s{0,4}:)( {0,4}[|>][+-]?)(${BREAK}[ \\t]{1,32})[^\\s"'\`\\\\][^\\r\\n"'\`\\\\]{3,}(?:\\2[^\\s"'\`\\\\][^\\r\\n"'\`\\\\]*)*`,
      'gi',
    ),
    replacement: `:$1$2${REDACTED}`,
  },
  // - name: DB_PASSWORD↵  value: …
  {
    clues: [{ mark: ':', before: ['value'] }],
    expression: new RegExp(
      `:(?<=name: {0,4}(?:${QUOTE})?[\\w.-]{0,64}(?:${NAME})(?:${QUOTE})?${BREAK}[ \\t]{1,32}value:)( {1,4}(?:${QUOTE})?)${LITERAL}[^\\s"'\`\\\\]{4,}`,
      'gi',
    ),
    replacement: `:$1${REDACTED}`,
  },
  // password = correct-horse, on a line of its own. A word, and words that are joined by underscores, may be names in code.
  {
    clues: [BEFORE_COLON, BEFORE_EQUALS],
    expression: new RegExp(
      '([:=])(?<=(?:(?:^|[\\r\\n"\'`]|\\\\{1,16}[nrt])[ \\t]{0,32}(?:set |- )?|export )[\\w.-]{0,64}(?:pass(?:word|wd|phrase)|_pwd) {0,32}[:=])' +
        `( {0,32}(?:[!&][\\w!:/.-]{1,32} )?)${LITERAL}${NO_SETTING}(?=\\w{1,64}[-!@#%^&*+~]|\\w{0,64}\\d)[\\w!@#%^&*+~=-]{6,}` +
        '(?=[ \\t]{0,8}(?:$|[\\r\\n"\'`]|\\\\{1,16}[nr"\'`]|[ \\t][#;]))',
      'gi',
    ),
    replacement: `$1$2${REDACTED}`,
  },
];
