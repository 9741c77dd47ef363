import type { Json, Message } from '@powerrag/protocol';

/** What a tool call gave, by the id of the call. */
export type ToolResults = ReadonlyMap<string, Json>;

/** The results in messages by the id of their call, where that call is in the messages as well. */
export function toolResults(messages: readonly Message[]): ToolResults {
  const parts = messages.flatMap((message) => message.parts);
  const calls = new Set(parts.flatMap((part) => (part.type === 'tool_call' && part.id !== null ? [part.id] : [])));
  return new Map(
    parts.flatMap((part) =>
      part.type === 'tool_result' && part.id !== null && calls.has(part.id) ? [[part.id, part.result] as const] : [],
    ),
  );
}

/** Whether a message holds nothing but results that are shown with their calls. */
export function isPaired({ parts }: Message, results: ToolResults): boolean {
  return (
    parts.length > 0 && parts.every((part) => part.type === 'tool_result' && part.id !== null && results.has(part.id))
  );
}
