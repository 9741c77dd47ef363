import type { Message, ReplayDoubt, ReplayTurn } from '@powerrag/protocol';
import type { Said, SaidMessage } from './entry-words.js';
import type { KeySet, KnownMessage, Vocabulary } from './main-line/index.js';
import { nodesToRead, type TraceCalls, type TraceTree } from './trace-calls.js';
import type { TreeNode } from './tree.js';
import { wordsOf } from './words.js';

export { nodesToRead, type TraceTree };

/** Unix milliseconds to an offset in the replay. */
export type Offset = (unixMs: number) => number;

/** The turns of a trace depend on the rest of its session by these keys of messages. */
export interface SessionKeys {
  /** Of answers in the input of any call of the session. */
  readonly quoted: KeySet;
  /** Of the messages that the turns of earlier traces show. */
  readonly shown: KeySet;
  /** Of the answers in earlier traces. */
  readonly known: KeySet;
}

/** The turns of a trace, times in Unix milliseconds, and the keys that the turns of other traces depend on. */
export interface TraceTurns {
  readonly turns: readonly ReplayTurn[];
  readonly quotes: readonly string[];
  readonly shows: readonly string[];
  readonly knows: readonly string[];
}

const STEP_TYPES: ReadonlySet<string> = new Set(['generation', 'retriever', 'tool']);

/** A trace without a root counts as running for this many milliseconds after its last observation; then its root counts as missing. */
const QUIET_MS = 120_000;

/**
 * A trace whose root is open counts as running for this many milliseconds after its last observation began or ended: a model or a
 * person may take some minutes, and a process that died never sends the end.
 */
const OPEN_QUIET_MS = 15 * 60_000;

/** Keys of the answers in the input of the calls. */
export function quotesOf({ calls }: TraceCalls): string[] {
  return [...new Set(calls.flatMap(({ input }) => input.filter(isAnswer).map(({ key }) => key)))];
}

/** The turns of one trace. Pure, but for the vocabulary, which holds the messages of its calls. */
export function turnsOfTrace(
  read: TraceCalls,
  { quoted, shown, known }: SessionKeys,
  vocabulary: Vocabulary,
  nowMs: number,
): TraceTurns {
  const { exchanges, doubts } = wordsOf(read, { quoted, shown });
  const know = (message: Message): string => vocabulary.know(message).key;
  const all = exchanges.map((exchange) => withoutAnswered(exchange, shown, know));
  const knows = new Set<string>();
  const unseen = all.map(({ history }) => {
    const keys = new Set(
      history
        .filter(isAnswer)
        .map(know)
        .filter((key) => !knows.has(key) && !known.has(key)),
    );
    for (const key of keys) knows.add(key);
    return keys.size;
  });
  for (const { input, output } of read.calls)
    for (const message of [...input, ...output]) if (isAnswer(message)) knows.add(message.key);
  const turns = turnsOf(read, all, doubts, unseen, nowMs);
  const shows = new Set<string>();
  for (const { messages } of turns)
    for (const message of messages) {
      const key = know(message);
      shows.add(key);
      if (isAnswer(message)) knows.add(key);
    }
  return { turns, quotes: quotesOf(read), shows: [...shows], knows: [...knows] };
}

/** When a trace stops running, or stopped, if no more is heard of it, Unix milliseconds; null when its root has ended. */
export function quietAtMs({ trace, nodes }: TraceTree): number | null {
  const root = startOfTrace(nodes);
  if (root === undefined) return trace.endMs + QUIET_MS;
  return root.observation.endMs === null ? trace.endMs + OPEN_QUIET_MS : null;
}

/** Whether a trace goes on: its root is open or missing, and the trace was heard of lately. */
export function isRunning(tree: TraceTree, nowMs: number): boolean {
  const quietMs = quietAtMs(tree);
  return quietMs !== null && nowMs < quietMs;
}

/** The root of a trace, if it has arrived. */
function startOfTrace(nodes: readonly TreeNode[]): TreeNode | undefined {
  return nodes.find((node) => node.parent === null && !node.orphan);
}

function isAnswer(message: Message | KnownMessage): boolean {
  return message.role === 'assistant' && !message.parts.some(({ type }) => type === 'tool_call');
}

/** A call that continues after a tool in a trace of its own has the question again in its input: it is not a new question. */
function withoutAnswered(said: Said, shown: KeySet, know: (message: Message) => string): Said {
  return said.askedBefore && said.asked.every((message) => shown.has(know(message))) ? { ...said, asked: [] } : said;
}

function turnsOf(
  { tree }: TraceCalls,
  exchanges: readonly Said[],
  doubts: readonly ReplayDoubt[],
  unseen: readonly number[],
  nowMs: number,
): ReplayTurn[] {
  const { trace, nodes } = tree;
  const root = startOfTrace(nodes);
  const running = isRunning(tree, nowMs);
  const starts = exchanges.map(({ startMs }, n) => (n === 0 ? Number.NEGATIVE_INFINITY : startMs));
  const parts = exchanges.length === 0 ? [nodes] : byExchange(nodes, starts);
  const shares = sharesOf(tree, parts);
  const turns = parts.map((part, n): ReplayTurn => {
    const said = exchanges[n];
    const isLast = n === parts.length - 1;
    // A conversation that continues in one trace has its answers, except for a call that is one of several steps.
    const open = running && isLast && !(said?.goesOn === true && isComplete(said));
    const lacksRoot: ReplayDoubt[] = root === undefined && isLast && said?.answered.length ? ['root-missing'] : [];
    return {
      traceId: trace.id,
      startMs: said === undefined || n === 0 ? trace.startMs : said.startMs,
      endMs: said === undefined || isLast ? trace.endMs : said.endMs,
      messages: messagesOf(said, open),
      steps: part
        .filter(({ observation }) => STEP_TYPES.has(observation.type))
        .map(({ observation }) => observation.id),
      models: [...new Set(part.flatMap(({ observation }) => observation.model ?? []))],
      totalTokens: shares[n]?.tokens ?? 0,
      totalCost: shares[n]?.cost ?? null,
      errors: part.filter(({ observation }) => observation.level === 'ERROR').map(({ observation }) => observation.id),
      running: running && isLast,
      doubts: open ? [] : [...doubts.filter((doubt) => concerns(doubt, said)), ...lacksRoot],
      unseenAnswers: unseen[n] ?? 0,
    };
  });
  return turns.filter(({ messages, steps, errors }) => messages.length + steps.length + errors.length > 0);
}

/** Only an exchange with several answers is marked as such. */
function concerns(doubt: ReplayDoubt, said: Said | undefined): boolean {
  return doubt !== 'several-answers' || new Set(said?.answered.map(({ observationId }) => observationId)).size > 1;
}

function messagesOf(said: Said | undefined, open: boolean): SaidMessage[] {
  if (said === undefined) return [];
  return open ? [...said.asked] : [...said.asked, ...said.answered];
}

function isComplete({ answered }: Said): boolean {
  return answered.length > 0 && answered.every(isAnswer);
}

/** Each observation belongs to the last exchange that had begun when it started. */
function byExchange(nodes: readonly TreeNode[], starts: readonly number[]): TreeNode[][] {
  const parts: TreeNode[][] = starts.map(() => []);
  let at = 0;
  for (const node of nodes) {
    while (at + 1 < starts.length && node.observation.startMs >= (starts[at + 1] ?? 0)) at++;
    parts[at]?.push(node);
  }
  return parts;
}

/** Tokens and cost of each part; the last gets the rest, so that they add up to those of the trace. */
function sharesOf(
  { trace }: TraceTree,
  parts: readonly (readonly TreeNode[])[],
): { tokens: number; cost: number | null }[] {
  let [tokensLeft, costLeft] = [trace.totalTokens, trace.totalCost];
  return parts.map((part, n) => {
    if (n === parts.length - 1) return { tokens: tokensLeft, cost: restOf(costLeft, part) };
    const tokens = Math.min(tokensLeft, sum(part.map(({ observation }) => observation.usage.total ?? 0)));
    const cost =
      costLeft === null ? null : Math.min(costLeft, sum(part.map(({ observation }) => observation.cost.total ?? 0)));
    tokensLeft -= tokens;
    if (costLeft !== null && cost !== null) costLeft -= cost;
    return { tokens, cost };
  });
}

/** Without what is left of fractions that no binary number holds; null where nothing in the part cost anything. */
function restOf(cost: number | null, part: readonly TreeNode[]): number | null {
  const rest = cost === null ? null : Number(cost.toFixed(12));
  return rest === 0 && !part.some(({ observation }) => observation.cost.total !== undefined) ? null : rest;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function turnInReplay(turn: ReplayTurn, offset: Offset): ReplayTurn {
  return {
    ...turn,
    startMs: offset(turn.startMs),
    endMs: offset(turn.endMs),
    messages: turn.messages.map((message) => ({ ...message, atMs: offset(message.atMs) })),
  };
}
