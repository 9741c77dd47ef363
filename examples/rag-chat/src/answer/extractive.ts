import type { PassageIndex } from '../retrieve.js';
import { chooseTool } from './choose-tool.js';
import { extract } from './extract.js';
import type { ChatMessage, Model, ModelRequest } from './model.js';
import { answerFromTool } from './tool-answer.js';

export interface ExtractiveOptions {
  readonly rarity: PassageIndex['rarity'];
  /** The settings that a question may name; see `settingNames`. */
  readonly settings: readonly string[];
  /** Words a second in which an answer is given out, so that it can be watched as it grows. 0: all at once. */
  readonly wordsPerSecond: number;
  /** Waits this many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

const NOTE = '_Quoted from the documentation; no language model was asked._';
const NOTHING_FOUND = 'The documentation says nothing about that.';

/**
 * Answers with sentences of the retrieved passages, each with the number of its source: it quotes and never makes
 * anything up. A "token" of its usage is a word: of the question, the passages and tool results that it read, and of the answer
 * that it wrote. It runs in this process, so it costs nothing.
 */
export function createExtractiveModel({ rarity, settings, wordsPerSecond, pause }: ExtractiveOptions): Model {
  return {
    name: 'extractive',
    parameters: { wordsPerSecond },
    async *generate(request) {
      const question = lastQuestion(request.messages);
      const results = toolResults(request.messages);
      const call = results.length === 0 && request.tools.length > 0 ? chooseTool(question, settings) : null;
      if (call) {
        yield { type: 'tool_calls', calls: [call] };
        yield { type: 'usage', usage: usageOf(request, question, results, call.function.arguments) };
        return;
      }
      const answer = answerFromTool(results) ?? answerFromPassages(question, request, rarity);
      const whole = `${answer}\n\n${NOTE}`;
      for (const words of whole.match(/\s*(?:\S+\s+){0,2}\S+/g) ?? []) {
        if (request.signal?.aborted) throw request.signal.reason;
        yield { type: 'text', text: words };
        if (wordsPerSecond > 0) await pause((1000 * countWords(words)) / wordsPerSecond);
      }
      yield { type: 'usage', usage: usageOf(request, question, results, whole) };
    },
  };
}

function answerFromPassages(question: string, { passages }: ModelRequest, rarity: PassageIndex['rarity']): string {
  const { quotes, code } = extract(question, passages, rarity);
  if (quotes.length === 0) return NOTHING_FOUND;
  const text = quotes.map((quote) => `${quote.text} [${quote.source}]`).join(' ');
  return code ? `${text}\n\n${code.text}` : text;
}

function lastQuestion(messages: readonly ChatMessage[]): string {
  return messages.findLast((message) => message.role === 'user')?.content ?? '';
}

/** The results of the calls that this turn has made, in order. */
function toolResults(messages: readonly ChatMessage[]): { name: string; content: string }[] {
  const turn = messages.slice(messages.findLastIndex((message) => message.role === 'user'));
  const calls = turn.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []));
  return turn.flatMap((message) => {
    if (message.role !== 'tool') return [];
    const name = calls.find((call) => call.id === message.tool_call_id)?.function.name ?? 'tool';
    return [{ name, content: message.content }];
  });
}

function usageOf(
  { passages }: ModelRequest,
  question: string,
  results: readonly { content: string }[],
  written: string,
): { usageDetails: Record<string, number>; costDetails: Record<string, number> } {
  const read = [question, ...passages.map((passage) => passage.text), ...results.map((result) => result.content)];
  const input = read.reduce((total, text) => total + countWords(text), 0);
  const output = countWords(written);
  return { usageDetails: { input, output, total: input + output }, costDetails: { total: 0 } };
}

/** Runs of letters, digits and underscores. */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
}
