import type { Message, ReplayDoubt } from '@powerrag/protocol';
import { type Call, callsTools, isFromUser, type KnownMessage } from './call.js';
import { answersOf, endOf, type Line, type Quoted, startOf } from './choose.js';
import type { Step } from './lines.js';

/** A question and its answers. */
export interface Exchange {
  readonly asked: readonly KnownMessage[];
  /** The call whose input holds the question. */
  readonly askedIn: Call;
  /** More than one when several models answered the same question. */
  readonly answers: readonly { readonly call: Call; readonly messages: readonly KnownMessage[] }[];
  /** Messages of the history before it. */
  readonly history: readonly KnownMessage[];
  /** Unix milliseconds; the end is infinite while a call runs. */
  readonly startMs: number;
  readonly endMs: number;
  /** Whether it continues the exchange before it in the same line, under the same instructions. */
  readonly goesOn: boolean;
}

type Draft = { -readonly [K in keyof Exchange]: Exchange[K] };

/** The exchanges along a line of calls: a new one begins when the user writes and the assistant waits for no tool. */
export function exchangesOf(line: Line, quoted: Quoted, doubts: Set<ReplayDoubt>): Exchange[] {
  const exchanges: Draft[] = [];
  let previous: Step | undefined;
  for (const step of line) {
    const calls = answersOf(step, quoted, doubts);
    const call = calls[0] ?? step.calls[0];
    if (call === undefined) continue;
    const current = exchanges.at(-1);
    if (previous === undefined || current === undefined) exchanges.push(first(call, step));
    else takeUp(exchanges, current, freshIn(call, previous), call, step);
    const last = exchanges.at(-1);
    if (last !== undefined) {
      last.answers = calls.map((each) => ({ call: each, messages: each.output }));
      last.endMs = endOf(step);
    }
    previous = step;
  }
  return exchanges;
}

/** The user's messages after the assistant's last one, and the history before them. */
export function lastAsked<M extends Message>(messages: readonly M[]): { asked: M[]; history: readonly M[] } {
  const lastUser = messages.findLastIndex(isFromUser);
  const before = messages.slice(0, Math.max(lastUser, 0)).findLastIndex(({ role }) => role === 'assistant');
  return { asked: messages.slice(before + 1).filter(isFromUser), history: messages.slice(0, before + 1) };
}

/** The assistant's final messages: its tool calls are steps, unless there is nothing else. */
export function finalAnswer<M extends Message>(messages: readonly M[]): readonly M[] {
  const answers = messages.filter(({ role }) => role === 'assistant');
  const final = answers.filter((message) => !callsTools(message));
  return final.length > 0 ? final : answers;
}

function first(call: Call, step: Step): Draft {
  return {
    ...lastAsked(call.input),
    askedIn: call,
    answers: [],
    startMs: startOf(step),
    endMs: endOf(step),
    goesOn: false,
  };
}

function takeUp(exchanges: Draft[], before: Draft, fresh: readonly KnownMessage[], call: Call, step: Step): void {
  const previous = before.answers.at(-1)?.call;
  let waitsForTool = before.answers.some(({ messages }) => messages.some(callsTools));
  let current = before;
  let spoken = true;
  for (const message of fresh) {
    if (message.role === 'assistant') {
      waitsForTool = callsTools(message);
      spoken = true;
      // An answer that no call of this trace gave comes from the history.
      if (!waitsForTool && current.answers.length === 0) current.answers = [{ call, messages: [message] }];
    } else if (isFromUser(message) && !waitsForTool) {
      if (spoken) {
        const goesOn = previous === undefined || previous.system === call.system;
        current = {
          asked: [],
          askedIn: call,
          answers: [],
          history: [],
          startMs: startOf(step),
          endMs: endOf(step),
          goesOn,
        };
        exchanges.push(current);
      }
      current.asked = [...current.asked, message];
      spoken = false;
    }
  }
}

/** What was added to the history since the step before: the rest of it, or what follows the answer it quotes. */
function freshIn(call: Call, before: Step): readonly KnownMessage[] {
  const [earlier] = before.calls;
  if (earlier === undefined) return [];
  if (earlier.input.every(({ key }, n) => key === call.input[n]?.key)) return call.input.slice(earlier.input.length);
  const answers = new Set(before.calls.flatMap(({ output }) => output.map(({ key }) => key)));
  const quotedAt = call.input.findLastIndex(({ key }) => answers.has(key));
  return call.input.slice(Math.max(quotedAt, 0));
}
