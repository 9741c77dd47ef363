import type { ReplayDoubt } from '@powerrag/protocol';
import type { TreeNode } from '../tree.js';
import { type Call, isFromUser, saidIn } from './call.js';
import {
  endOf,
  isMadeFrom,
  isQuoted,
  type KeySet,
  type Line,
  likeliest,
  longestLines,
  prefer,
  type Quoted,
  startOf,
} from './choose.js';
import { type Exchange, exchangesOf } from './exchanges.js';
import { byStart, joinByHistory, type Step } from './lines.js';
import { bareQuestion, sortCalls } from './sort-calls.js';

export { type Call, callsTools, type KnownMessage, readSide, toCall, Vocabulary } from './call.js';
export type { KeySet } from './choose.js';
export { type Exchange, finalAnswer, lastAsked } from './exchanges.js';
export { textOf } from './key.js';
export { isInsideOtherWork } from './side-calls.js';

export interface MainLine {
  /** In order of start. */
  readonly exchanges: readonly Exchange[];
  readonly doubts: ReadonlySet<ReplayDoubt>;
}

/** Context from the rest of the session. */
export interface SessionWords {
  readonly quoted: Quoted;
  /** Keys of the messages that earlier turns show. */
  readonly shown: KeySet;
}

/** Earlier calls that a call is compared with, at most: limits the work. */
const LOOK_BACK = 8;

/** The conversation in the calls of a trace: the exchanges of the calls that talk to the user. Pure. */
export function toMainLine(calls: readonly Call[], searches: readonly TreeNode[], words: SessionWords): MainLine {
  const doubts = new Set<ReplayDoubt>();
  const { talking, aside } = sortCalls(calls);
  const lines = longestLines(joinByHistory(talking)).sort((a, b) => startOfLine(a) - startOfLine(b) || tie(a, b));
  // A call without readable messages is not an answer while another call has a question.
  const asked = prefer(lines, (line) => (line[0]?.calls[0]?.input.length ?? 0) > 0);
  const known = prefer(
    prefer(asked, (line) => line.some(({ calls: all }) => all.some((call) => isQuoted(call, words.quoted)))),
    (line) => goesOnFrom(line, words.shown),
  );
  const chains = joinDerived(known, searches, doubts);
  const apart = oneAtATime(chains, doubts);
  if (apart.length > 1) doubts.add('separate-calls');
  const exchanges = apart.flatMap(({ line, asked: from }) => {
    const [head, ...rest] = exchangesOf(line, words.quoted, doubts);
    if (head === undefined) return [];
    const question = from ?? bareQuestion(head.askedIn, aside);
    return [
      question === null ? head : { ...head, asked: question.input.filter(isFromUser).slice(-1), askedIn: question },
      ...rest,
    ];
  });
  return { exchanges, doubts };
}

interface Chain {
  readonly line: Line;
  /** The first call of the line. */
  readonly call: Call | undefined;
  /** The call with the question, if it is not the first of the line. */
  readonly asked: Call | null;
  readonly endMs: number;
}

/**
 * Joins lines of which one was derived from the other. The question is that of the earlier one. The answer is that of the later
 * one if there was a search in between or it is about as long; a much shorter one is a label or a title.
 */
function joinDerived(lines: readonly Line[], searches: readonly TreeNode[], doubts: Set<ReplayDoubt>): Chain[] {
  const chains: Chain[] = [];
  for (const line of lines) {
    const call = firstCall(line);
    const endMs = endOfLine(line);
    const at = call === undefined ? -1 : linkedTo(call, chains);
    const earlier = chains[at];
    if (call === undefined || earlier?.call === undefined) {
      chains.push({ line, call, asked: null, endMs });
      continue;
    }
    const earlierCall = earlier.call;
    doubts.add('derived-calls');
    const isAnswer = isMadeFrom(call, earlierCall) ? takesOver(line, earlier.line, searches) : true;
    const question = isMadeFrom(call, earlierCall) ? (earlier.asked ?? earlierCall) : null;
    if (isAnswer) chains[at] = { line, call, asked: question, endMs };
  }
  return chains;
}

/** The index of the last chain that the call continues, or that continues the call; -1 if no chain does. */
function linkedTo(call: Call, chains: readonly Chain[]): number {
  const { startMs } = call.node.observation;
  for (let at = chains.length - 1; at >= Math.max(0, chains.length - LOOK_BACK); at--) {
    const { call: earlier, endMs = Number.POSITIVE_INFINITY } = chains[at] ?? {};
    if (earlier === undefined || endMs > startMs) continue;
    if (isMadeFrom(call, earlier) || isMadeFrom(earlier, call)) return at;
  }
  return -1;
}

function takesOver(line: Line, earlier: Line, searches: readonly TreeNode[]): boolean {
  const lookedUp = searches.some(
    ({ observation: { startMs } }) => startMs >= endOfLine(earlier) && startMs < startOfLine(line),
  );
  return lookedUp || lengthOf(line) * 2 >= lengthOf(earlier);
}

/** Of parallel lines the user reads only one; lines after each other are exchanges after each other. */
function oneAtATime(chains: readonly Chain[], doubts: Set<ReplayDoubt>): Chain[] {
  const apart: Chain[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const chain of chains) {
    if (startOfLine(chain.line) < end) apart.at(-1)?.push(chain);
    else apart.push([chain]);
    end = Math.max(end, chain.endMs);
  }
  return apart.flatMap((atOnce) => {
    if (atOnce.length > 1) doubts.add('parallel-calls');
    const longest = Math.max(...atOnce.map(({ line }) => line.length));
    const rest = atOnce.filter(({ line }) => line.length === longest);
    const lasts = rest.flatMap(({ line }) => line.at(-1)?.calls ?? []);
    const best = likeliest(lasts);
    return rest.find(({ line }) => best !== undefined && line.at(-1)?.calls.includes(best)) ?? [];
  });
}

function goesOnFrom(line: Line, shown: KeySet): boolean {
  const [first] = line[0]?.calls ?? [];
  return first?.input.some(({ role, key }) => role === 'assistant' && shown.has(key)) ?? false;
}

function firstCall(line: Line): Call | undefined {
  return line[0] && [...line[0].calls].sort(byStart)[0];
}

function lengthOf(line: Line): number {
  return Math.max(0, ...(line.at(-1)?.calls ?? []).map(({ output }) => saidIn(output).length));
}

function startOfLine(line: Line): number {
  return Math.min(...line.map(startOf));
}

function endOfLine(line: Line): number {
  return Math.max(...line.map((step: Step) => endOf(step)));
}

function tie(a: Line, b: Line): number {
  const [first, second] = [firstCall(a), firstCall(b)];
  return first === undefined || second === undefined ? 0 : byStart(first, second);
}
