import { eventData } from '../answer/sse.js';
import type { ChatEvent } from '../chat-event.js';

export interface Question {
  readonly conversationId: string;
  readonly userId: string;
  readonly question: string;
  readonly history: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
}

/** Asks the chat's server and yields its events as they arrive. Throws the server's message when it refuses. */
export async function* ask(question: Question): AsyncGenerator<ChatEvent> {
  const response = await fetch('/api/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  if (!response.ok || !response.body) throw new Error(await refusal(response));
  for await (const data of eventData(chunksOf(response.body))) yield JSON.parse(data) as ChatEvent;
}

async function refusal(response: Response): Promise<string> {
  const body = await response.text();
  try {
    return (JSON.parse(body) as { message: string }).message;
  } catch {
    return `the server answered ${response.status}`;
  }
}

/** By hand, since not every browser can iterate a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
