import type { Json, Message, MessagePart } from '@powerrag/protocol';

type Call = Extract<MessagePart, { type: 'tool_call' }>;
type Result = Extract<MessagePart, { type: 'tool_result' }>;

/**
 * Each result of a tool with the id and the name of its call, as far as the conversation tells: by the id; without one by
 * the name; without either, or under an id that no call has, where a single call waits for its result. A message under the name of a tool that was called is
 * its result.
 */
export function paired(messages: readonly Message[]): Message[] {
  const calls: Call[] = [];
  const waiting = new Set<Call>();
  return messages.map((message) => {
    const { name } = message;
    const isResult = message.role === 'other' && name !== undefined && calls.some((call) => call.name === name);
    const parts = isResult ? [resultOf(name, message.parts)] : message.parts;
    const read = parts.map((part): MessagePart => {
      if (part.type === 'tool_call') {
        calls.push(part);
        waiting.add(part);
      }
      if (part.type !== 'tool_result') return part;
      const call = callOf(part, calls, waiting);
      if (call === undefined) return part;
      waiting.delete(call);
      return { ...part, id: call.id ?? part.id, name: part.name ?? call.name };
    });
    return { ...message, ...(isResult ? { role: 'tool' as const } : {}), parts: read };
  });
}

function callOf({ id, name }: Result, calls: readonly Call[], waiting: ReadonlySet<Call>): Call | undefined {
  const named = id === null ? undefined : calls.findLast((call) => call.id === id);
  if (named !== undefined) return named;
  const open = [...waiting].filter((call) => name === null || call.name === name);
  return (name !== null && id === null) || open.length === 1 ? open[0] : undefined;
}

function resultOf(name: string, parts: readonly MessagePart[]): Result {
  const [only, second] = parts;
  const result = only?.type === 'text' && second === undefined ? only.text : parts.map(toJson);
  return { type: 'tool_result', id: null, name, result };
}

function toJson(part: MessagePart): Json {
  return part.type === 'json' ? part.value : { ...part };
}
