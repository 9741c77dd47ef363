import { isObject, ownValue, read } from '@powerrag/protocol';

/** What the AI SDK publishes: an event and, once the work is done, its result or its error. Made by the SDK, so its type is not ours. */
export interface ChannelMessage {
  readonly type: string;
  readonly event: object;
  readonly callId: string;
}

/** A message of the channel, if it is of a shape that we know. */
export function readMessage(message: unknown): ChannelMessage | undefined {
  const [type, event] = [read(message, 'type'), read(message, 'event')];
  const callId = read(event, 'callId');
  return typeof type === 'string' && isObject(event) && typeof callId === 'string'
    ? { type, event, callId }
    : undefined;
}

/** A text under one of the event's fields. */
export function textOf(event: object, field: string): string | undefined {
  const value = read(event, field);
  return typeof value === 'string' ? value : undefined;
}

/** The instructions as system messages, followed by the messages; undefined where the application hides them. */
export function messagesOf(event: object): unknown[] | undefined {
  if (read(event, 'recordInputs') === false) return undefined;
  const messages = read(event, 'messages');
  return [...instructionsOf(read(event, 'instructions')), ...(Array.isArray(messages) ? messages : [])];
}

function instructionsOf(instructions: unknown): unknown[] {
  if (typeof instructions === 'string') return [{ role: 'system', content: instructions }];
  if (Array.isArray(instructions)) return instructions;
  return isObject(instructions) ? [instructions] : [];
}

/** What a model call was given: its messages and, where there are any, the tools that it may use. */
export function modelInputOf(event: object): unknown {
  const messages = messagesOf(event);
  const tools = read(event, 'tools');
  return messages && Array.isArray(tools) && tools.length > 0 ? { messages, tools } : messages;
}

const PARAMETERS = [
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'presencePenalty',
  'frequencyPenalty',
  'stopSequences',
  'seed',
  'reasoning',
];

/** The settings of a model call that were given; undefined where none was. */
export function parametersOf(event: object): Readonly<Record<string, unknown>> | undefined {
  const given = PARAMETERS.flatMap((name) => {
    const value = read(event, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** The entries of the runtime context that the application lets telemetry see (`includeRuntimeContext`). */
export function contextEntriesOf(event: object): (readonly [string, unknown])[] {
  const context = read(event, 'runtimeContext');
  return isObject(context) ? Object.keys(context).map((key) => [key, ownValue(context, key)] as const) : [];
}

/** Whether the application gave the call tools. */
export function hasTools(event: object): boolean {
  const tools = read(event, 'tools');
  return isObject(tools) && Object.keys(tools).length > 0;
}
