import type { Message } from '@powerrag/protocol';
import type { ObservationBody } from '../observation/observation.js';
import { STATED_TURNS, type StatedTurns } from '../observation/stated-turns.js';
import { readBody } from './body.js';
import { type Said, said } from './entry-words.js';
import { readSide } from './main-line/index.js';
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

export function statedBy(node: TreeNode, body: ObservationBody | null): Stated[] {
  const side = sideOf(node);
  return side === null ? [] : [{ node, side, messages: readSide(readBody(body?.[side]), side) ?? [] }];
}

/** One exchange for each prompt, whether or not its words were recorded; none where no prompt is stated. */
export function statedExchanges({ trace, nodes }: TraceTree, stated: readonly Stated[]): Said[] {
  const exchanges: (Pick<Said, 'asked' | 'answered'> & { readonly startMs: number })[] = [];
  for (const { node, side, messages } of stated) {
    const spoken = messages.map((message) => said(message, node, node.observation.startMs));
    const current = exchanges.at(-1);
    if (side === 'input') exchanges.push({ asked: spoken, answered: [], startMs: node.observation.startMs });
    // The last of several answers is the one to the prompt.
    else if (current !== undefined) exchanges[exchanges.length - 1] = { ...current, answered: spoken };
  }
  const starts = exchanges.map(({ startMs }) => startMs);
  const ends = lastEnds(nodes, starts);
  return exchanges.map((exchange, n) => ({
    ...exchange,
    ...{ history: [], goesOn: true, askedBefore: false },
    endMs: ends[n] ?? trace.endMs,
  }));
}

function sideOf({ observation: { scope, type, name } }: TreeNode): Stated['side'] | null {
  const names: StatedTurns | undefined = type === 'event' && scope !== null ? STATED_TURNS.get(scope) : undefined;
  if (names === undefined) return null;
  return name === names.prompt ? 'input' : name === names.response ? 'output' : null;
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
