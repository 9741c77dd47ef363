import type { Clue } from './credential-search.js';

/**
 * How names of credentials end, in attribute keys, JSON, headers and variables. `PWD` and `OLDPWD` alone are folders.
 */
export const NAME =
  'pass(?:word|wd|phrase)|(?<![^a-z_-]|old|^)pwd|secret|api[-_]?key|' +
  '(?:access|auth|bearer|id|private|refresh|security|session)[-_]?token|' +
  '(?:access|account|encryption|functions|license|master|private|secret|shared[-_]?access|signing|subscription)[-_]?key|' +
  'authorization|passcode|otp|(?:otp|mfa|2fa|verification|one[-_]?time)[-_]?code';
/** Cookies are credentials in headers. In code, the word usually precedes the name of a cookie. */
export const SECRET_NAME = `${NAME}|cookie`;

/** Names that are those of credentials only where the value looks random, because a token may be a word. */
export const MAYBE_NAME =
  '(?:(?![\\w.-]{0,64}(?:page|next|continuation|cursor|sync)[-_]?token)[\\w.-]{0,64}token|(?:[\\w.-]{0,64}[_-])?pass|credentials)';

/** Endings of the names above that precede a colon or an equals sign. Add the ending of each new name here. */
export const ENDS_OF_NAMES = [
  ...['password', 'passwd', 'passphrase', 'pwd', 'secret', 'authorization', 'cookie'],
  ...['[eginrst]key', '[eginrst][-_]key', '[dehnrsy]token', '[dehnrsy][-_]token'],
  ...['otp', '[aenps]code', '[aenp][-_]code'],
];
export const BEFORE_COLON: Clue = { mark: ':', before: ENDS_OF_NAMES };
export const BEFORE_EQUALS: Clue = { mark: '=', before: ENDS_OF_NAMES };
/** In a list of names and values by turns. */
export const BEFORE_COMMA: Clue = { mark: ',', before: ENDS_OF_NAMES };
/** Names that are those of credentials only where the value looks random. */
export const ENDS_OF_MAYBE_NAMES = ['token', '["\']pass', '[_-]pass', 'credentials'];
export const MAYBE: Clue = { mark: ':', before: ENDS_OF_MAYBE_NAMES };
