/** How one kind of credential is noticed in a text, before its expression is tried on all of it. */
export interface Clue {
  /** Texts: every credential of the kind begins with one of them, or has one where `around` says. */
  readonly literals: readonly string[];
  /** What is found at the literal in every text that holds such a credential. Default: the credential. */
  readonly around?: RegExp;
  /** Finds the credential. */
  readonly expression: RegExp;
}

/** A literal, as it is looked for around a mark. */
interface Place {
  readonly literal: string;
  /** Where in the literal the mark stands. */
  readonly offset: number;
  /** Another character of the literal, compared before anything else: its place and code. */
  readonly probe: number;
  readonly probeCode: number;
  /** Sticky: tried where the literal is. */
  readonly here: RegExp;
}

/** A character that texts seldom have, and the literals with it. */
interface Mark {
  readonly character: string;
  readonly places: readonly Place[];
}

/** Characters that texts and JSON have often, the most frequent first. All others are taken for rare. */
const FREQUENT = ' etaoinsrhldcu"mfpg,wy.:b/vkx';
/** A text with more marks than one in so many characters, and some, is searched with expressions: each mark has its price. */
const CHARACTERS_PER_MARK = 16;
const SOME_MARKS = 16;
/** Below this many characters one expression for all marks is faster than a native search for each. */
const SHORT_TEXT = 128;

/**
 * Tells whether a text may hold a credential: true for some that hold none, never false for one that does. Most texts hold none,
 * and the runtime's own search for a character goes over them many times as fast as an expression does.
 */
export function createSearch(clues: readonly Clue[]): (text: string) => boolean {
  const marks = marksOf(clues);
  const anyMark = new RegExp(marks.map(inShortText).join('|'));
  const anyClue = ['', 'i'].map((flags) => anyOf(clues, flags));
  return (text) => {
    if (text.length < SHORT_TEXT && !anyMark.test(text)) return false;
    let left = SOME_MARKS + text.length / CHARACTERS_PER_MARK;
    for (const { character, places } of marks) {
      for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
        if (isClueAt(places, text, at)) return true;
        left -= 1;
        if (left < 0) return anyClue.some((clue) => clue.test(text));
      }
    }
    return false;
  };
}

/** A mark that texts have often would be found in most of them, so that its literals are looked for whole. */
function inShortText({ character, places }: Mark): string {
  return FREQUENT.includes(character)
    ? places.map(({ literal }) => literal).join('|')
    : character.replace(/\W/, '\\$&');
}

function isClueAt(places: readonly Place[], text: string, mark: number): boolean {
  for (const { here, literal, offset, probe, probeCode } of places) {
    const start = mark - offset;
    if (text.charCodeAt(start + probe) !== probeCode || !text.startsWith(literal, start)) continue;
    here.lastIndex = start;
    if (here.test(text)) return true;
  }
  return false;
}

function marksOf(clues: readonly Clue[]): Mark[] {
  const marks = new Map<string, Place[]>();
  for (const clue of clues) {
    const here = new RegExp(sourceOf(clue), `${caseOf(clue)}y`);
    for (const literal of clue.literals) {
      const offset = rarestIn(literal);
      const probe = offset === 0 && literal.length > 1 ? 1 : 0;
      const places = marks.get(literal.charAt(offset)) ?? [];
      places.push({ literal, offset, probe, probeCode: literal.charCodeAt(probe), here });
      marks.set(literal.charAt(offset), places);
    }
  }
  return [...marks].map(([character, places]) => ({ character, places }));
}

/** Where the literal's rarest character stands; the first of those that are equally rare. */
function rarestIn(literal: string): number {
  const ranks = [...literal].map((character) => FREQUENT.indexOf(character));
  const rare = ranks.indexOf(-1);
  return rare >= 0 ? rare : ranks.indexOf(Math.max(...ranks));
}

/** One expression for all clues that ignore case, or for all that do not. */
function anyOf(clues: readonly Clue[], flags: string): RegExp {
  const sources = clues.filter((clue) => caseOf(clue) === flags).map(sourceOf);
  return new RegExp(sources.length > 0 ? sources.join('|') : '(?!)', flags);
}

function sourceOf({ around, expression }: Clue): string {
  return (around ?? expression).source;
}

function caseOf({ expression }: Clue): string {
  return expression.ignoreCase ? 'i' : '';
}
