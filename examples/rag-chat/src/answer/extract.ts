import type { Passage } from '../corpus.js';
import { blocksOf } from '../markdown.js';
import type { PassageIndex } from '../retrieve.js';
import { termsOf } from '../terms.js';

/** A sentence taken from a passage. */
interface Quote {
  readonly text: string;
  /** Which passage, counted from 1 in the order in which they were given. */
  readonly source: number;
}

export interface Extract {
  /** The sentences that say most of what was asked, in reading order; empty where none does. */
  readonly quotes: readonly Quote[];
  /** The code block beside the best of them, where the question asks how. */
  readonly code: Quote | null;
}

interface Candidate extends Quote {
  readonly position: number;
  readonly terms: ReadonlySet<string>;
  /** Terms of the headings above: they say what the sentence is about without being said in it. */
  readonly topic: ReadonlySet<string>;
  /** Multiplies what it is worth. */
  readonly fitness: number;
  /** It defines what the question asks the meaning of. */
  readonly defines: boolean;
}

const MOST_QUOTES = 3;
/** A sentence this much weaker than the best one is left out. */
const LEAST_SHARE_OF_BEST = 0.4;
/** A sentence that matches less of the question's weight than this is not an answer. */
const LEAST_SHARE_OF_QUESTION = 0.25;
/** What a term is worth that an earlier quote has already said. */
const REPEATED_TERM = 0.3;
const TOPIC_TERM = 0.5;
/** "A session is …" answers "What is a session?": it is worth this share of the question's weight more. */
const DEFINITION_SHARE = 0.6;
/** A sentence that ends in a colon leads to something that a quote of it leaves out. */
const UNFINISHED = 0.5;

/** Picks the sentences that answer a question: those that meet its rarest terms, each next one preferring what is not yet said. */
export function extract(question: string, passages: readonly Passage[], rarity: PassageIndex['rarity']): Extract {
  const wanted = new Set(termsOf(question));
  const weight = sum([...wanted].map(rarity));
  const defined = definedTerms(question);
  const candidates = passages.flatMap((passage, index) => candidatesOf(passage, index, defined));
  const picked: Candidate[] = [];
  const said = new Set<string>();
  let best = 0;

  while (picked.length < MOST_QUOTES) {
    const next = bestOf(candidates, picked, (candidate) => {
      const bonus = candidate.defines && picked.length === 0 ? weight * DEFINITION_SHARE : 0;
      return worth(candidate, wanted, said, rarity) + bonus;
    });
    if (!next) break;
    const plain = worth(next.candidate, wanted, said, rarity);
    if (picked.length === 0) best = plain;
    const least = picked.length === 0 ? weight * LEAST_SHARE_OF_QUESTION : best * LEAST_SHARE_OF_BEST;
    if (next.score < least) break;
    picked.push(next.candidate);
    for (const term of next.candidate.terms) said.add(term);
  }

  const first = picked[0];
  const quotes = picked.sort((a, b) => rank(a, first) - rank(b, first) || a.position - b.position);
  const code = first && asksForCode(question) ? codeBeside(first, passages) : null;
  return { quotes: quotes.map(({ text, source }) => ({ text, source })), code };
}

/** What a candidate adds: the rarity of the wanted terms it meets. Late passages count for less. */
function worth(
  candidate: Candidate,
  wanted: ReadonlySet<string>,
  said: ReadonlySet<string>,
  rarity: PassageIndex['rarity'],
): number {
  let score = 0;
  for (const term of wanted) {
    if (candidate.terms.has(term)) score += rarity(term) * (said.has(term) ? REPEATED_TERM : 1);
    else if (candidate.topic.has(term)) score += rarity(term) * TOPIC_TERM * (said.has(term) ? REPEATED_TERM : 1);
  }
  return (score * candidate.fitness) / (1 + 0.12 * (candidate.source - 1) + 0.03 * Math.min(candidate.position, 8));
}

function bestOf(
  candidates: readonly Candidate[],
  taken: readonly Candidate[],
  scoreOf: (candidate: Candidate) => number,
): { candidate: Candidate; score: number } | null {
  let best: { candidate: Candidate; score: number } | null = null;
  for (const candidate of candidates) {
    if (taken.includes(candidate)) continue;
    const score = scoreOf(candidate);
    if (score > (best?.score ?? 0)) best = { candidate, score };
  }
  return best;
}

function candidatesOf(passage: Passage, index: number, defined: string | null): Candidate[] {
  const topic = new Set(termsOf(passage.headings.join(' ')));
  return blocksOf(passage.text).flatMap((block, position) => {
    if (block.type === 'code') return [];
    const text = block.type === 'sentence' ? block.text : rowAsSentence(block.cells);
    const terms = new Set(termsOf(text));
    return [
      {
        text,
        source: index + 1,
        position,
        terms,
        topic,
        fitness: fitnessOf(text),
        defines: definesTerm(text, defined),
      },
    ];
  });
}

/** Very short and very long sentences read badly when quoted. */
function fitnessOf(text: string): number {
  const length = text.split(/\s+/).length;
  const readable = length < 5 ? 0.5 : length > 60 ? 0.7 : 1;
  return readable * (text.endsWith(':') ? UNFINISHED : 1);
}

function definesTerm(text: string, wanted: string | null): boolean {
  const defined = /^(?:an? |the )?`?([\w -]+?)`? (?:is|are) /i.exec(text)?.[1];
  return wanted !== null && defined !== undefined && termsOf(defined).join(' ') === wanted;
}

/** What a question asks the meaning of, as terms; null where it asks for something else. */
function definedTerms(question: string): string | null {
  const asked = /\bwhat (?:is|are) (?:an? |the )?`?([\w -]+?)`?\s*(?:$|[?,.;])/i.exec(question)?.[1];
  return asked === undefined ? null : termsOf(asked).join(' ');
}

/** A row reads as its first cell, then the rest. */
export function rowAsSentence([first = '', ...rest]: readonly string[]): string {
  const said = rest.filter((cell) => cell !== '' && cell !== '-');
  return said.length === 0 ? first : `${first}: ${said.join('; ')}`;
}

/** The best sentence's own passage comes first, the others as they were found. */
function rank(candidate: Candidate, first: Candidate | undefined): number {
  return candidate.source === first?.source ? 0 : candidate.source;
}

function asksForCode(question: string): boolean {
  return /\b(?:how|example|code|snippet|show|write)\b/i.test(question);
}

function codeBeside(quote: Quote, passages: readonly Passage[]): Quote | null {
  const passage = passages[quote.source - 1];
  const block = passage && blocksOf(passage.text).find((each) => each.type === 'code');
  return block?.type === 'code' ? { text: block.text, source: quote.source } : null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
