import type { Message } from '@powerrag/protocol';
import { keyOfMessage } from './cut-message.js';
import { asJson, entryAnswer, entryQuestion } from './entry-words.js';
import type { TraceCalls } from './trace-calls.js';

/** The message that has this key (`keyOfMessage`), of all that the turns of a trace may show. */
export function findMessage(read: TraceCalls, key: string): Message | null {
  const seen = new Set<Message>();
  for (const message of messagesIn(read)) {
    if (seen.has(message)) continue;
    seen.add(message);
    if (keyOfMessage(message) !== key) continue;
    const { role, name, parts } = message;
    return { role, ...(name === undefined ? {} : { name }), parts };
  }
  return null;
}

function* messagesIn(read: TraceCalls): Iterable<Message> {
  for (const { messages } of read.stated) yield* messages;
  yield* entryQuestion(read)?.messages ?? [];
  yield* entryAnswer(read)?.messages ?? [];
  for (const { input, output } of read.calls) {
    yield* output;
    yield* input;
  }
  yield* asJson(read, 'input');
  yield* asJson(read, 'output');
}
