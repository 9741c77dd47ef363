import type { MessagePart, ReplayDoubt } from '@powerrag/protocol';
import type { StoredTrace } from '../store/contract.js';
import {
  asJson,
  type EntryWords,
  entryAnswer,
  entryQuestion,
  type Said,
  type SaidMessage,
  said,
  textIn,
  trusted,
} from './entry-words.js';
import { type Exchange, finalAnswer, type SessionWords, toMainLine } from './main-line/index.js';
import { statedExchanges } from './stated-turns.js';
import type { TraceCalls } from './trace-calls.js';

/**
 * The exchanges of a trace. Those that the client states stand. Else question and answer as the application set them (on the trace, or as input and output of an
 * observation around all calls) win over those of its model calls, because they are what the user saw; but if the calls have
 * several exchanges that begin with the same question, all of them are shown.
 */
export function wordsOf(read: TraceCalls, session: SessionWords): { exchanges: Said[]; doubts: ReplayDoubt[] } {
  const { tree, calls, stated } = read;
  const given = statedExchanges(tree, stated);
  if (given.length > 0) return { exchanges: given, doubts: [] };
  const searches = tree.nodes.filter(({ observation: { type } }) => type === 'retriever' || type === 'embedding');
  const line = toMainLine(calls, searches, session);
  const spoken = line.exchanges.map((exchange) => saidIn(exchange, tree.trace));
  const question = trusted(
    entryQuestion(read),
    spoken.map(({ asked }) => asked),
  );
  const answer = trusted(
    entryAnswer(read),
    spoken.map(({ answered }) => answered),
  );
  const [first] = spoken;
  const doubts = [...line.doubts];
  const apart = line.doubts.has('separate-calls');
  if (spoken.length > 1 && !isOneExchange(question, answer, spoken, apart)) return { exchanges: spoken, doubts };
  const nearest = question === null ? first : holding(question.messages, spoken);
  const [startMs, endMs] = [tree.trace.startMs, tree.trace.endMs];
  const asked = question?.messages ?? nearest?.asked ?? [];
  const answered = answer === null ? (nearest?.answered ?? []) : withoutSteps(answer.messages, nearest?.answered ?? []);
  const whole: Said = {
    asked: asked.length > 0 || nearest !== undefined ? asked : asJson(read, 'input'),
    answered: answered.length > 0 ? answered : asJson(read, 'output'),
    history: nearest?.history ?? question?.history ?? [],
    startMs,
    endMs,
    goesOn: false,
    askedBefore: question === null && (nearest?.askedBefore ?? false),
  };
  return { exchanges: [whole], doubts: question !== null && answer !== null ? [] : doubts };
}

/** An agent may repeat its calls of tools in one message with its answer: where a model gave the answer without them, they are steps. */
function withoutSteps(answered: readonly SaidMessage[], spoken: readonly SaidMessage[]): readonly SaidMessage[] {
  const isAlone = spoken.length > 0 && spoken.every(({ parts }) => !parts.some(isOfTool));
  if (!isAlone || textIn(answered) !== textIn(spoken)) return answered;
  return answered.map((message) => ({ ...message, parts: message.parts.filter((part) => !isOfTool(part)) }));
}

function isOfTool({ type }: MessagePart): boolean {
  return type === 'tool_call' || type === 'tool_result';
}

/** Whether the application has one exchange and the calls have several. */
function isOneExchange(
  question: EntryWords | null,
  answer: EntryWords | null,
  spoken: readonly Said[],
  apart: boolean,
): boolean {
  const asked = question === null ? null : textIn(question.messages);
  if (apart) return answer !== null || (asked !== null && spoken.some((said) => textIn(said.asked).includes(asked)));
  const [first] = spoken;
  return answer !== null && asked !== null && first !== undefined && asked !== textIn(first.asked);
}

function saidIn({ asked, askedIn, answers, history, startMs, endMs, goesOn }: Exchange, trace: StoredTrace): Said {
  const end = Number.isFinite(endMs) ? endMs : trace.endMs;
  return {
    asked: asked.map((message) => said(message, askedIn.node, startMs)),
    answered: answers.flatMap(({ call, messages }) =>
      finalAnswer(messages).map((message) => said(message, call.node, call.node.observation.endMs ?? trace.endMs)),
    ),
    history,
    startMs,
    endMs: end,
    goesOn,
    askedBefore: askedIn.input.at(-1)?.role !== 'user' && asked.length > 0,
  };
}

/** The exchange of the call whose input has the user's message; of several, the longest. */
function holding(asked: readonly SaidMessage[], exchanges: readonly Said[]): Said | undefined {
  const question = textIn(asked);
  const holds = exchanges.filter((exchange) => question !== '' && textIn(exchange.asked).includes(question));
  return holds.sort((a, b) => textIn(b.answered).length - textIn(a.answered).length)[0] ?? exchanges.at(-1);
}
