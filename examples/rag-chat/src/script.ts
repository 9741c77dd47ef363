import type { Chat, HistoryEntry } from './chat.js';

/** A conversation about these very documents: six turns, among them a follow-up and one that calls for a tool. */
export const SIX_TURNS = [
  'What is a session, and how do I put a trace into one?',
  'Can I set the session id after some observations have already ended?',
  'And does it reach the spans of another service?',
  'What does POWERRAG_BASE_URL do?',
  'How do I record the model, the token usage and the cost of a generation?',
  'What happens to spans while the server is down?',
] as const;

/** The second session: its second turn asks for a document that does not exist. */
export const WITH_AN_ERROR = [
  'Which documents do you have?',
  'Read docs/kubernetes.md to me, please.',
  'How do I run the server on my machine?',
] as const;

export interface ScriptOptions {
  readonly sessionId: string;
  readonly questions: readonly string[];
  /** How long the visitor takes to read an answer and to type the next question, in milliseconds. */
  readonly readingMs: number;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly print: (line: string) => void;
}

/** Has one visitor ask the questions one after the other, as one session. */
export async function playScript(chat: Chat, options: ScriptOptions): Promise<void> {
  const history: HistoryEntry[] = [];
  for (const [index, question] of options.questions.entries()) {
    if (index > 0) await options.pause(options.readingMs);
    options.print(`\n> ${question}`);
    const { answer } = await chat.turn({
      conversationId: options.sessionId,
      userId: 'sample-visitor',
      question,
      history: [...history],
    });
    options.print(answer);
    history.push({ role: 'user', content: question }, { role: 'assistant', content: answer });
  }
}
