import { observe, startActiveObservation, updateActiveTrace } from '@powerrag/tracing';
import type { ChatMessage, Model } from './answer/model.js';
import { callTool } from './call-tool.js';
import type { Passage } from './corpus.js';
import { searchQuery } from './follow-up.js';
import { generateAnswer } from './generate.js';
import { systemPrompt } from './prompt.js';
import { rerank } from './rerank.js';
import type { PassageIndex, ScoredPassage } from './retrieve.js';
import type { Tool } from './tools.js';

/** What was said before, oldest first. */
export interface HistoryEntry {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

export interface TurnRequest {
  /** Becomes the session id: all turns of a conversation are one session. */
  readonly conversationId: string;
  readonly userId?: string;
  readonly question: string;
  readonly history: readonly HistoryEntry[];
  /** Called with each piece of the answer as it is written. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface Turn {
  readonly answer: string;
  /** What the answer was written from; `[1]` in it means the first. */
  readonly sources: readonly Passage[];
  /** Names of the tools that were called. */
  readonly tools: readonly string[];
  readonly traceId: string;
}

export interface ChatParts {
  readonly index: PassageIndex;
  readonly model: Model;
  readonly tools: ReadonlyMap<string, Tool>;
}

export interface Chat {
  readonly modelName: string;
  /** Answers one question: one trace. Rejects when the model cannot be reached or the signal is aborted; a failing tool is reported to the model instead. */
  turn(request: TurnRequest): Promise<Turn>;
}

const CANDIDATES = 12;
const KEPT = 4;
/** How often the model may ask for tools before it has to answer. */
const TOOL_ROUNDS = 3;

export function createChat({ index, model, tools }: ChatParts): Chat {
  const search = observe((query: string) => index.search(query, CANDIDATES), {
    name: 'bm25-search',
    asType: 'retriever',
  });

  const reorder = observe(
    (query: string, candidates: readonly ScoredPassage[]) =>
      rerank(query, candidates, { rarity: index.rarity, keep: KEPT }),
    { name: 'rerank' },
  );

  const findPassages = observe(
    (query: string): Passage[] => reorder(query, search(query)).map(({ passage }) => passage),
    { name: 'find-passages', asType: 'chain' },
  );

  async function answer(request: TurnRequest, passages: readonly Passage[], called: string[]): Promise<string> {
    const messages: ChatMessage[] = [
      { role: 'system', content: systemPrompt(passages) },
      ...request.history,
      { role: 'user', content: request.question },
    ];
    for (let round = 0; ; round++) {
      const definitions = round < TOOL_ROUNDS ? [...tools.values()].map((tool) => tool.definition) : [];
      const reply = await generateAnswer(model, { ...request, messages, passages, tools: definitions });
      if (!reply.tool_calls || round >= TOOL_ROUNDS) return reply.content ?? '';
      messages.push(reply);
      for (const call of reply.tool_calls) {
        called.push(call.function.name);
        messages.push({ role: 'tool', tool_call_id: call.id, content: await callTool(tools, call) });
      }
    }
  }

  return {
    modelName: model.name,
    turn(request) {
      return startActiveObservation(
        'chat-turn',
        async (turn) => {
          updateActiveTrace({
            name: 'chat-turn',
            sessionId: request.conversationId,
            ...(request.userId && { userId: request.userId }),
            tags: ['rag-chat', model.name],
          });
          turn.update({ input: request.question });
          const asked = request.history.filter(({ role }) => role === 'user').map(({ content }) => content);
          const sources = findPassages(searchQuery(request.question, asked));
          const called: string[] = [];
          const text = await answer(request, sources, called);
          turn.update({ output: text });
          return { answer: text, sources, tools: called, traceId: turn.traceId };
        },
        { asType: 'agent' },
      );
    },
  };
}
