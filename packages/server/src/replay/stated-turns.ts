import type { Message } from '@powerrag/protocol';
import type { BodyTexts } from '../observation/observation.js';
import { STATED_TURNS, type StatedTurns } from '../observation/stated-turns.js';
import { readBody } from './body.js';
import { type Said, type SaidMessage, said } from './entry-words.js';
import { callsTools, finalAnswer, isInsideOtherWork, readSide } from './main-line/index.js';
import type { TraceTree } from './trace-calls.js';
import type { TreeNode } from './tree.js';

/** A prompt, with which a turn begins, or an answer within a turn. */
export interface Stated {
  readonly node: TreeNode;
  readonly side: 'input' | 'output';
  readonly messages: readonly Message[];
}

/** The observations that state turns, in order of start. */
export function statingNodes(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.filter((node) => sideOf(node) !== null);
}

export function statedBy(node: TreeNode, body: BodyTexts | null): Stated[] {
  const side = sideOf(node);
  if (side === null) return [];
  const messages = readSide(readBody(body?.[side]), side) ?? [];
  return [{ node, side, messages: side === 'input' ? messages : finalAnswer(messages) }];
}

/** One exchange for each prompt, whether or not its words were recorded; none where no prompt is stated. */
export function statedExchanges({ trace, nodes }: TraceTree, stated: readonly Stated[]): Said[] {
  const exchanges: (Pick<Said, 'asked' | 'answered'> & { readonly startMs: number })[] = [];
  for (const { node, side, messages } of stated) {
    const { startMs, endMs } = node.observation;
    const spoken = messages.map((message) => said(message, node, side === 'input' ? startMs : (endMs ?? startMs)));
    const current = exchanges.at(-1);
    if (side === 'input') exchanges.push({ asked: spoken, answered: [], startMs });
    else if (current !== undefined && (isWords(spoken) || current.answered.length === 0))
      exchanges[exchanges.length - 1] = { ...current, answered: spoken };
  }
  const starts = exchanges.map(({ startMs }) => startMs);
  const ends = lastEnds(nodes, starts);
  return exchanges.map((exchange, n) => ({
    ...exchange,
    ...{ history: [], goesOn: true, askedBefore: false },
    endMs: ends[n] ?? trace.endMs,
  }));
}

/** Calls of tools alone are steps, unless nothing else was answered. */
function isWords(messages: readonly SaidMessage[]): boolean {
  return messages.length > 0 && !messages.some(callsTools);
}

function sideOf(node: TreeNode): Stated['side'] | null {
  const { scope, type, name } = node.observation;
  const names: StatedTurns | undefined = scope === null ? undefined : STATED_TURNS.get(scope);
  if (names === undefined) return null;
  if (name === names.prompt && type === 'event') return 'input';
  if (name !== names.response) return null;
  return type === 'event' || (type === 'generation' && !isInsideOtherWork(node)) ? 'output' : null;
}

/** When the last of what began in each exchange ended, Unix milliseconds. Both are given in order of start. */
function lastEnds(nodes: readonly TreeNode[], starts: readonly number[]): number[] {
  const ends = [...starts];
  let at = -1;
  for (const { observation, parent } of nodes) {
    while (at + 1 < starts.length && observation.startMs >= (starts[at + 1] ?? 0)) at++;
    if (at < 0 || parent === null) continue;
    ends[at] = Math.max(ends[at] ?? 0, observation.endMs ?? observation.startMs);
  }
  return ends;
}
