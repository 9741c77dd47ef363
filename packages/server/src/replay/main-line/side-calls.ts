import type { ObservationType } from '@powerrag/protocol';
import type { TreeNode } from '../tree.js';
import { type Call, isFromUser, textOf } from './call.js';

/** Work of these types may call models, never to talk to the user: it checks, judges, searches or is a tool itself. */
const NEVER_TALKS: ReadonlySet<ObservationType> = new Set([
  'guardrail',
  'evaluator',
  'retriever',
  'embedding',
  'tool',
  'event',
]);

/** Whether an observation is, or runs inside, work that does not talk to the user. */
export function isInsideOtherWork(node: TreeNode): boolean {
  for (let at: TreeNode | null = node; at !== null; at = at.parent) {
    if (NEVER_TALKS.has(at.observation.type)) return true;
  }
  return false;
}

/** How many agents an observation runs inside: a sub-agent talks to the agent that called it. */
export function agentsAbove(node: TreeNode): number {
  let count = 0;
  for (let at = node.parent; at !== null; at = at.parent) if (at.observation.type === 'agent') count++;
  return count;
}

/** Names that applications give to calls beside the conversation. */
const SIDE_NAME =
  /title|summar|classif|categor|moderat|guard|safety|rewrit|rephras|reformulat|condens|contextuali|rout(?:e|er|ing)\b|intent|evaluat|judge|grad(?:e|er|ing)\b|rerank|expan(?:d|sion)|hyde|follow.?up|suggest|extract|keyword|memory|compact/i;

/** What such calls are told to do, in the first words of their instructions. */
const SIDE_TASK = new RegExp(
  [
    String.raw`\b(?:write|generate|create|give|suggest|produce|propose|provide|make|come up with|find|pick|think of)\b.{0,80}\b(?:title|headline|name for|summary|label|category|keywords?|tags?|search quer(?:y|ies)|follow[- ]?up|emoji)`,
    String.raw`\b(?:title|name|label|summari[sz]e|classify|categori[sz]e|rewrite|rephrase|reformulate|condense|translate|moderate|rate|grade|score|judge|evaluate)\s+(?:the|this|that|these|whether|how|if|a|an|our|their|user|users|following|every|each|conversations?|chats?|questions?|quer(?:y|ies)|messages?|inputs?|requests?|texts?|answers?|it)\b`,
    String.raw`\b(?:content|safety)\s+(?:moderat|classif|filter)|\bmoderat(?:or|ion)\b|\bclassifier\b|\bprompt injection\b|\bstandalone (?:question|query)\b`,
    String.raw`\b(?:is|are|does|check (?:if|whether|that|for))\b.{0,60}\b(?:safe|unsafe|harmful|toxic|appropriate|flagged|violat\w*|on[- ]topic|relevant)\b`,
  ].join('|'),
  'i',
);

/** Instructions stand first; what follows them may be anybody's words. */
const INSTRUCTIONS_LENGTH = 240;

/**
 * Whether names or instructions say that a call does something else than answer: it writes a title, sorts, checks,
 * rewrites, judges. English, and a hint only: it sets a call aside while another is there to take its place.
 */
export function looksLikeSideCall(call: Call): boolean {
  return hasSideName(call.node) || hasSideInstructions(call) || asksForSideTask(call);
}

export function hasSideInstructions({ system }: Call): boolean {
  return SIDE_TASK.test(system.slice(0, INSTRUCTIONS_LENGTH));
}

/** By the names of the call, of its prompt, and of what wraps it below the root. */
export function hasSideName(node: TreeNode): boolean {
  if (SIDE_NAME.test(node.observation.prompt?.name ?? '')) return true;
  for (let at = node; ; at = at.parent) {
    if (at.parent === null) return at === node && SIDE_NAME.test(at.observation.name);
    if (SIDE_NAME.test(at.observation.name)) return true;
  }
}

/** Whether the task is in the user's message: then that is not what a user said. */
export function asksForSideTask({ input }: Call): boolean {
  const last = input.findLast(isFromUser);
  return last !== undefined && SIDE_TASK.test(textOf(last.parts).slice(0, INSTRUCTIONS_LENGTH));
}
