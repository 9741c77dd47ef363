import type { ReplayDoubt } from '@powerrag/protocol';
import { answered, type Call, isFromUser, saidIn } from './call.js';
import { textOf } from './key.js';
import { byStart, type Step } from './lines.js';

/** Keys of messages. */
export type KeySet = Pick<ReadonlySet<string>, 'has'>;

/** Keys of assistant messages in the history of any call of the session. */
export type Quoted = KeySet;

/** Calls that continue each other, first to last. */
export type Line = readonly Step[];

/** Those that pass, or all if none passes: a rule drops calls only while others are left. */
export function prefer<T>(all: readonly T[], holds: (item: T) => boolean): readonly T[] {
  const kept = all.filter(holds);
  return kept.length > 0 ? kept : all;
}

/** The longest shared history of each tree of steps: one line per tree. Of equally long branches, the later. */
export function longestLines(steps: readonly Step[]): Line[] {
  const heads = new Map<Step, Step>();
  const longest = new Map<Step, Step>();
  // Steps are in order of history, each after the one that it continues.
  for (const step of steps) {
    const head = step.before === null ? step : (heads.get(step.before) ?? step);
    heads.set(step, head);
    const best = longest.get(head);
    const isLonger = best === undefined || step.length > best.length;
    if (isLonger || (step.length === best.length && startOf(step) > startOf(best))) longest.set(head, step);
  }
  return [...longest.values()].map((last) => {
    const line: Step[] = [];
    for (let at: Step | null = last; at !== null; at = at.before) line.push(at);
    return line.reverse();
  });
}

/** A later call with the answer in its history proves that it was given. */
export function isQuoted(call: Call, quoted: Quoted): boolean {
  return call.output.some(({ key }) => quoted.has(key));
}

/**
 * The calls of a step whose answers were given. A retry replaces the call that failed. Calls with other instructions on the same
 * messages are checks; models with the same input are compared, and each of them answered.
 */
export function answersOf(step: Step, quoted: Quoted, doubts: Set<ReplayDoubt>): Call[] {
  const calls = [...prefer(prefer(step.calls, answered), (call) => isQuoted(call, quoted))].sort(byStart);
  const chosen = likeliest(calls);
  if (chosen === undefined) return [];
  const same = calls.filter(({ system }) => system === chosen.system);
  if (step.calls.some(({ system }) => system !== chosen.system)) doubts.add('parallel-calls');
  const last = same.at(-1) ?? chosen;
  const models = new Set(same.map(({ node }) => node.observation.model));
  const atOnce = same.some((call, n) => n > 0 && startsBefore(call, same[n - 1]));
  if (same.length === 1 || (models.size === 1 && !atOnce)) return [last];
  doubts.add('several-answers');
  return same;
}

/** Of parallel calls with different messages, the likeliest: streamed, then prose, then the longest answer, then the first. */
export function likeliest(calls: readonly Call[]): Call | undefined {
  let best: Likely | undefined;
  for (const call of calls) {
    const said = saidIn(call.output);
    const isStreamed = call.node.observation.firstTokenMs !== null;
    const likely = { call, isStreamed, isProse: isProse(said), length: said.length };
    if (best === undefined || isLikelier(likely, best)) best = likely;
  }
  return best?.call;
}

interface Likely {
  readonly call: Call;
  readonly isStreamed: boolean;
  readonly isProse: boolean;
  readonly length: number;
}

function isLikelier(a: Likely, b: Likely): boolean {
  if (a.isStreamed !== b.isStreamed) return a.isStreamed;
  if (a.isProse !== b.isProse) return a.isProse;
  return a.length === b.length ? byStart(a.call, b.call) < 0 : a.length > b.length;
}

/** How a call was derived from an earlier one: from its answer (a rewritten query), or from the same question. */
export function isMadeFrom(call: Call, earlier: Call): boolean {
  const text = askedText(call);
  return holds(text, saidIn(earlier.output)) || holds(text, askedText(earlier));
}

export function askedText({ input }: Call): string {
  const last = input.findLast(isFromUser);
  return last === undefined ? '' : textOf(last.parts);
}

export function startOf(step: Step): number {
  return Math.min(...step.calls.map(({ node }) => node.observation.startMs));
}

export function endOf(step: Step): number {
  return Math.max(...step.calls.map(({ node: { observation } }) => observation.endMs ?? Number.POSITIVE_INFINITY));
}

/** Shorter texts are found in others by chance. */
const SHORTEST_TO_FIND = 12;
/** Characters of a text that are searched, and searched for, at most: limits the work. */
const LONGEST_TO_SEARCH = 50_000;
const LONGEST_TO_FIND = 1_000;

function holds(text: string, part: string): boolean {
  const wanted = part.trim().slice(0, LONGEST_TO_FIND);
  return (
    wanted.length >= SHORTEST_TO_FIND &&
    text.length > wanted.length &&
    text.slice(0, LONGEST_TO_SEARCH).includes(wanted)
  );
}

function isProse(answer: string): boolean {
  const said = answer.trim();
  return said !== '' && !/^(?:[[{]|```json|true$|false$|[\d.]+$)/.test(said);
}

function startsBefore(call: Call, previous: Call | undefined): boolean {
  const end = previous?.node.observation.endMs ?? Number.POSITIVE_INFINITY;
  return call.node.observation.startMs < end;
}
