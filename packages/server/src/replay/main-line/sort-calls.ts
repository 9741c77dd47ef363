import type { Call } from './call.js';
import { askedText, isMadeFrom, prefer } from './choose.js';
import { byStart } from './lines.js';
import {
  agentsAbove,
  asksForSideTask,
  hasSideInstructions,
  hasSideName,
  isInsideOtherWork,
  looksLikeSideCall,
} from './side-calls.js';

/** The shortest time, in milliseconds, in which a person answers the assistant. */
const FASTEST_USER_MS = 1_000;
/** Side calls before a call that are searched for its question, at most: limits the work. */
const LOOK_BACK = 8;

export interface SortedCalls {
  /** In order of start. All calls that may talk to the user. */
  readonly talking: readonly Call[];
  /** In order of start. Side calls by their name or task. */
  readonly aside: readonly Call[];
}

/** Separates calls that do not talk to the user: other types, sub-agents and, while others are left, side calls. */
export function sortCalls(calls: readonly Call[]): SortedCalls {
  const own = eachRequestOnce(calls.filter(({ node }) => !isInsideOtherWork(node))).sort(byStart);
  const ends = own.flatMap(({ node }) => node.observation.endMs ?? []).sort((a, b) => a - b);
  const aside = new Set(own.filter((call) => isAside(call, ends)));
  const named = prefer(own, (call) => !aside.has(call));
  const depth = named.reduce((least, { node }) => Math.min(least, agentsAbove(node)), Number.POSITIVE_INFINITY);
  return { talking: named.filter(({ node }) => agentsAbove(node) === depth), aside: [...aside] };
}

/** A call inside another is the same request, seen by two instrumentations: that of the two with more of its words stays. */
function eachRequestOnce(calls: readonly Call[]): Call[] {
  const byNode = new Map(calls.map((call) => [call.node, call]));
  const dropped = new Set<Call>();
  for (const call of calls) {
    for (let at = call.node.parent; at !== null; at = at.parent) {
      const around = byNode.get(at);
      if (around === undefined) continue;
      dropped.add(sidesOf(around) >= sidesOf(call) ? call : around);
      break;
    }
  }
  return calls.filter((call) => !dropped.has(call));
}

function sidesOf({ input, output }: Call): number {
  return Math.sign(input.length) + Math.sign(output.length);
}

/** A prompt may wrap the user's message in search results; the call that rewrote or checked it has it alone. */
export function bareQuestion(askedIn: Call, aside: readonly Call[]): Call | null {
  const end = countBefore(aside, askedIn);
  const bare = aside
    .slice(Math.max(0, end - LOOK_BACK), end)
    .filter((call) => askedText(call) !== '' && !asksForSideTask(call) && isMadeFrom(askedIn, call))
    .sort((a, b) => askedText(a).length - askedText(b).length || byStart(a, b));
  return bare[0] ?? null;
}

/** `ends` are the ends of all calls, in order. */
function isAside(call: Call, ends: readonly number[]): boolean {
  if (!looksLikeSideCall(call)) return false;
  const isFirstWord = !call.input.some(({ role }) => role === 'assistant');
  if (hasSideName(call.node) || (isFirstWord && hasSideInstructions(call))) return true;
  // A user may also ask for a title or a summary, but only an application asks within this time.
  const { startMs } = call.node.observation;
  const lastEnd = ends[countUpTo(ends, startMs) - 1];
  return lastEnd === undefined || startMs - lastEnd < FASTEST_USER_MS;
}

function countUpTo(sorted: readonly number[], limit: number): number {
  return countWhile(sorted.length, (n) => (sorted[n] ?? 0) <= limit);
}

function countBefore(sorted: readonly Call[], call: Call): number {
  return countWhile(sorted.length, (n) => {
    const other = sorted[n];
    return other !== undefined && byStart(other, call) < 0;
  });
}

/** The number of leading items that pass, when none passes after one that fails. */
function countWhile(length: number, holds: (n: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
