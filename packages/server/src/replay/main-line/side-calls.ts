import type { Message, ObservationType } from '@powerrag/protocol';
import type { TreeNode } from '../tree.js';
import { type Call, isFromUser } from './call.js';
import { textOf } from './key.js';

/** Observations of these types may call models, but never to talk to the user: they check, judge, search or are tools. */
const NEVER_TALKS: ReadonlySet<ObservationType> = new Set([
  'guardrail',
  'evaluator',
  'retriever',
  'embedding',
  'tool',
  'event',
]);

/** Whether an observation is, or runs inside, one that does not talk to the user. */
export function isInsideOtherWork(node: TreeNode): boolean {
  for (let at: TreeNode | null = node; at !== null; at = at.parent) {
    if (NEVER_TALKS.has(at.observation.type)) return true;
  }
  return false;
}

/** The number of agents that an observation runs inside: a sub-agent talks to the agent that called it. */
export function agentsAbove(node: TreeNode): number {
  let count = 0;
  for (let at = node.parent; at !== null; at = at.parent) if (at.observation.type === 'agent') count++;
  return count;
}

/** Names that applications give to side calls. */
const SIDE_NAME =
  /title|summar|classif|categor|moderat|guard|safety|rewrit|rephras|reformulat|condens|contextuali|rout(?:e|er|ing)\b|intent|evaluat|judge|grad(?:e|er|ing)\b|rerank|expan(?:d|sion)|hyde|follow.?up|suggest|extract|keyword|memory|compact/i;

/** The first words of the instructions of such calls. */
const SIDE_TASK = new RegExp(
  [
    String.raw`\b(?:write|generate|create|give|suggest|produce|propose|provide|make|come up with|find|pick|think of)\b.{0,80}\b(?:title|headline|name for|summary|label|category|keywords?|tags?|search quer(?:y|ies)|follow[- ]?up|emoji)`,
    String.raw`\b(?:title|name|label|summari[sz]e|classify|categori[sz]e|rewrite|rephrase|reformulate|condense|translate|moderate|rate|grade|score|judge|evaluate)\s+(?:the|this|that|these|whether|how|if|a|an|our|their|user|users|following|every|each|conversations?|chats?|questions?|quer(?:y|ies)|messages?|inputs?|requests?|texts?|answers?|it)\b`,
    String.raw`\b(?:content|safety)\s+(?:moderat|classif|filter)|\bmoderat(?:or|ion)\b|\bclassifier\b|\bprompt injection\b|\bstandalone (?:question|query)\b`,
    String.raw`\b(?:is|are|does|check (?:if|whether|that|for))\b.{0,60}\b(?:safe|unsafe|harmful|toxic|appropriate|flagged|violat\w*|on[- ]topic|relevant)\b`,
  ].join('|'),
  'i',
);

/** Instructions come first; what follows may be anyone's text. */
const INSTRUCTIONS_LENGTH = 240;

/**
 * Whether names or instructions say that a call does something other than answer: it writes a title, sorts, checks, rewrites,
 * judges. English only, and a hint only: it excludes a call while another is left.
 */
export function looksLikeSideCall(call: Call): boolean {
  return hasSideName(call.node) || hasSideInstructions(call) || asksForSideTask(call);
}

export function hasSideInstructions({ system }: Call): boolean {
  return SIDE_TASK.test(system.slice(0, INSTRUCTIONS_LENGTH));
}

/** By the names of the call, its prompt, and its wrappers below the root. */
export function hasSideName(node: TreeNode): boolean {
  if (SIDE_NAME.test(node.observation.prompt?.name ?? '')) return true;
  for (let at = node; ; at = at.parent) {
    if (at.parent === null) return at === node && SIDE_NAME.test(at.observation.name);
    if (SIDE_NAME.test(at.observation.name)) return true;
  }
}

/** Whether the task is in the user message: then no user wrote it. */
export function asksForSideTask({ input }: Call): boolean {
  const last = input.findLast(isFromUser);
  if (last === undefined) return false;
  // The calls of a turn have its question in common, as one object.
  let asks = knownToAsk.get(last);
  if (asks === undefined) {
    asks = SIDE_TASK.test(textOf(last.parts).slice(0, INSTRUCTIONS_LENGTH));
    knownToAsk.set(last, asks);
  }
  return asks;
}

const knownToAsk = new WeakMap<Message, boolean>();
