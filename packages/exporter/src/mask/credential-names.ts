import type { Clue } from './credential-search.js';

/** How names of credentials end, by what may stand between their words. `PWD` and `OLDPWD` alone are folders. */
const namesWith = (joint: string): string =>
  'pass(?:word|wd|phrase)|(?<![^a-z_-]|old|^)pwd|secret|authorization|passcode|otp|' +
  `api${joint}key|` +
  `(?:access|auth|bearer|id|private|refresh|security|session)${joint}token|` +
  `(?:access|account|encryption|functions|license|master|private|recovery|secret|shared${joint}access|signing|subscription)${joint}key|` +
  `(?:otp|mfa|2fa|recovery|verification|one${joint}time)${joint}code|` +
  `(?:mnemonic|recovery|seed)${joint}phrase`;
/** In attribute keys, JSON, variables and labels. */
export const NAME = namesWith('[-_ ]?');
/** Cookies are credentials in headers. In code, the word usually precedes the name of a cookie. */
export const SECRET_NAME = `${NAME}|cookie`;
/** The same without spaces, for lists, where a text with spaces is a sentence. */
export const SECRET_WORD = `${namesWith('[-_]?')}|cookie`;

/** Names that are those of credentials only where the value looks random, because a token may be a word. */
export const MAYBE_NAME =
  '(?:(?![\\w.-]{0,64}(?:page|next|continuation|cursor|sync)[-_]?token)[\\w.-]{0,64}token|(?:[\\w.-]{0,64}[_-])?pass|credentials)';

/** Endings of the names above that precede a colon or an equals sign. Add the ending of each new name here. */
export const ENDS_OF_NAMES = [
  ...['password', 'passwd', 'passphrase', 'pwd', 'secret', 'authorization', 'cookie'],
  ...['[eginrsty]key', '[eginrsty][-_ ]key', '[dehnrsy]token', '[dehnrsy][-_ ]token'],
  ...['otp', '[aenpsy]code', '[aenpy][-_ ]code', '[cdy]phrase', '[cdy][-_ ]phrase'],
];
export const BEFORE_COLON: Clue = { mark: ':', before: ENDS_OF_NAMES };
export const BEFORE_EQUALS: Clue = { mark: '=', before: ENDS_OF_NAMES };
/** In a list of names and values by turns. */
export const BEFORE_COMMA: Clue = { mark: ',', before: ENDS_OF_NAMES };
/** Names that are those of credentials only where the value looks random. */
export const ENDS_OF_MAYBE_NAMES = ['token', '["\']pass', '[_-]pass', 'credentials'];
export const MAYBE: Clue = { mark: ':', before: ENDS_OF_MAYBE_NAMES };
