import { cacheLost, contextNearlyFull, costJump, slowestStep, waited } from './costs.js';
import { failedSteps } from './failures.js';
import type { Finding, FindingInput, Rule } from './finding.js';
import { askedAgain, cutOff, emptyRetrieval, samePrompt, unanswered } from './words.js';

/** Each is a function over the session, and pure. */
export const RULES: readonly Rule[] = [
  unanswered,
  failedSteps,
  cutOff,
  emptyRetrieval,
  askedAgain,
  samePrompt,
  contextNearlyFull,
  cacheLost,
  costJump,
  waited,
  slowestStep,
];

const TONES: readonly Finding['tone'][] = ['danger', 'warning', 'plain'];

/** What a reader of the session should look at, the gravest first. */
export function findingsOf(input: FindingInput): Finding[] {
  return byTone(RULES.flatMap((rule) => rule(input)));
}

/** The gravest first. */
export function byTone(found: readonly Finding[]): Finding[] {
  return TONES.flatMap((tone) => found.filter((finding) => finding.tone === tone));
}
