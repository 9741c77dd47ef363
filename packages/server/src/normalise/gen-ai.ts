import type { Json, ObservationType } from '@powerrag/protocol';
import { parsePythonRepr } from '../base/python-repr.js';
import type { BodyText } from '../observation/observation.js';
import { MAX_WAIT_MS } from './bounds.js';
import { withInstructions } from './gen-ai-messages.js';
import { bodyAt, countUpTo, firstOf, isObject, parseJson, type Rule, type SpanReader, textAt } from './span-reader.js';

/** OpenTelemetry's GenAI conventions (`gen_ai.*`), with the older names that instrumentations still write. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['chat', 'generation'],
  ['completion', 'generation'],
  ['text_completion', 'generation'],
  ['generate_content', 'generation'],
  ['generate', 'generation'],
  ['chat.completions', 'generation'],
  ['text.completions', 'generation'],
  ['embeddings', 'embedding'],
  ['invoke_agent', 'agent'],
  ['create_agent', 'agent'],
  ['execute_tool', 'tool'],
  ['retrieval', 'retriever'],
  ['rerank', 'retriever'],
  ['invoke_workflow', 'chain'],
  ['agent_step', 'chain'],
  ['plan', 'chain'],
  ['conversation', 'chain'],
  ['guardrail', 'guardrail'],
  ['search_memory', 'retriever'],
  ['create_memory', 'span'],
  ['update_memory', 'span'],
  ['upsert_memory', 'span'],
  ['delete_memory', 'span'],
  ['create_memory_store', 'span'],
  ['delete_memory_store', 'span'],
  // Pipecat's, for speech: models that read and write no text.
  ['stt', 'span'],
  ['tts', 'span'],
  // Azure's agents: what is around a run of a thread. The run itself is `process_thread_run`.
  ['create_thread', 'span'],
  ['create_message', 'span'],
  ['list_messages', 'span'],
  ['start_thread_run', 'span'],
  ['get_thread_run', 'span'],
  ['submit_tool_outputs', 'span'],
  ['list_run_steps', 'span'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('gen_ai.operation.name', TYPES);

/** The type of a span that names no operation, as older instrumentations leave it. */
export const typeByKeys: Rule<ObservationType> = (span) => {
  if (span.has('gen_ai.tool.name') || span.has('gen_ai.tool.call.id')) return 'tool';
  return MODELS.some((key) => span.has(key)) ? 'generation' : undefined;
};

const MODELS = ['gen_ai.response.model', 'gen_ai.request.model'];
export const model = textAt(...MODELS);
export const provider = textAt('gen_ai.provider.name', 'gen_ai.system', 'gen_ai.model.provider');

/** The name of a tool. That of the span repeats the operation. */
export const name: Rule<string> = (span) => {
  const called = type(span) ?? (MODELS.some((key) => span.has(key)) ? undefined : typeByKeys(span));
  return called === 'tool' ? span.text('gen_ai.tool.name') : undefined;
};

/** A version that is not a number stays metadata. */
export const prompt: Rule<{ readonly name: string; readonly version: number | null }> = (span) => {
  const called = span.text('gen_ai.prompt.name');
  return called === undefined ? undefined : { name: called, version: span.count('gen_ai.prompt.version') ?? null };
};

const secondsToFirstToken = countUpTo(
  MAX_WAIT_MS / 1_000,
  'gen_ai.response.time_to_first_chunk',
  'gen_ai.client.operation.time_to_first_chunk',
  'gen_ai.latency.time_to_first_token',
);

/** Written in seconds. */
export const msToFirstToken: Rule<number> = (span) => {
  const seconds = secondsToFirstToken(span);
  return seconds === undefined ? undefined : seconds * 1_000;
};

export const input = firstOf(
  messagesWithInstructions,
  (span) => ofTool(span, 'gen_ai.tool.call.arguments'),
  bodyAt('gen_ai.retrieval.query.text', 'gen_ai.memory.query.text', 'gen_ai.request.messages', 'gen_ai.tool.input'),
  parametersOfFunction,
);
export const output = firstOf(
  outputMessages,
  (span) => ofTool(span, 'gen_ai.tool.call.result'),
  bodyAt('code.function.return.value', 'gen_ai.retrieval.documents', 'gen_ai.memory.records', 'gen_ai.tool.output'),
  answerOfSentry,
);

/**
 * The whole prompt and completion, as the conventions had them first, and as LangSmith and OpenLIT went on to write them;
 * Cloudflare's gateway has `json` in the name, and Semantic Kernel up to 1.37 and Azure's tracer for LangChain have keys of their own for an agent.
 */
export const olderInput = firstOf(
  filled('gen_ai.prompt'),
  filled('gen_ai.content.prompt'),
  filled('gen_ai.prompt_json'),
  filled('gen_ai.agent.invocation_input'),
);
export const olderOutput = firstOf(
  filled('gen_ai.completion'),
  filled('gen_ai.content.completion'),
  filled('gen_ai.completion_json'),
  filled('gen_ai.agent.invocation_output'),
);

/**
 * What a tool was called with or gave back. OpenLIT has it from LangChain as Python writes it: `{'city': 'Paris'}`, and of a message
 * its fields, `content='21' tool_call_id='c-1'`.
 */
function ofTool(span: SpanReader, key: string): BodyText | undefined {
  const body = span.body(key);
  if (body === undefined) return undefined;
  if (/^\{'[\s\S]*\}$/.test(body)) {
    const named = parsePythonRepr(body);
    return named === undefined ? body : JSON.stringify(named);
  }
  const message = /^content=.*\btool_call_id=/s.test(body) ? parsePythonRepr(`ToolMessage(${body})`) : undefined;
  return isObject(message) && typeof message.content === 'string' ? message.content : body;
}

/** LangSmith writes `{}` where nothing came out. */
function filled(key: string): Rule<BodyText> {
  return (span) => (span.peek(key) === '{}' ? undefined : span.body(key));
}

/** Longer than this, messages say something. */
const MAX_EMPTY_LENGTH = 2_000;

/** LiteLLM leaves calls of tools out of it: messages without a part give way to what other keys say was answered. */
function outputMessages(span: SpanReader): BodyText | undefined {
  const key = 'gen_ai.output.messages';
  const value = span.peek(key);
  const list = typeof value === 'string' && value.length <= MAX_EMPTY_LENGTH ? parseJson(value) : undefined;
  const isEmpty = Array.isArray(list) && list.length > 0 && list.every(hasNoPart);
  return isEmpty ? undefined : span.body(key);
}

function hasNoPart(message: Json): boolean {
  if (!isObject(message) || !Array.isArray(message.parts) || message.parts.length > 0) return false;
  return message.content === undefined && message.tool_calls === undefined;
}

/** Sentry's SDKs have the words and the calls of an answer apart, as text or as a list of one text for each choice. */
function answerOfSentry(span: SpanReader): BodyText | undefined {
  const words = span.body('gen_ai.response.text');
  const calls = span.peek('gen_ai.response.tool_calls');
  const list = typeof calls === 'string' ? parseJson(calls) : calls;
  if (!Array.isArray(list) || list.length === 0) return words;
  span.claim('gen_ai.response.tool_calls');
  return JSON.stringify({ role: 'assistant', content: words ?? null, tool_calls: list });
}

/** What a function was called with, as the instrumentation of Google GenAI had it before 1.0: by parameter a type and a value. */
function parametersOfFunction(span: SpanReader): BodyText | undefined {
  if (!span.mentions('code')) return undefined;
  const found = span
    .takeUnder('code.function.parameters.')
    .flatMap(([rest, value]): [string, Json][] => (rest.endsWith('.value') ? [[rest.slice(0, -6), value]] : []));
  return found.length === 0 ? undefined : JSON.stringify(Object.fromEntries(found));
}

/** The messages, after the system's instructions where these came apart from them. */
function messagesWithInstructions(span: SpanReader): BodyText | undefined {
  const messages = span.body('gen_ai.input.messages');
  return messages && afterInstructions(span, messages);
}

/** These messages after the instructions that the span has for them. */
export function afterInstructions(span: SpanReader, messages: BodyText): BodyText {
  const joined = withInstructions(messages, span.peek('gen_ai.system_instructions'));
  if (joined === undefined) return messages;
  span.claim('gen_ai.system_instructions');
  return joined;
}

/** The instructions of a span on which no convention has anything else that went in. */
export const instructions: Rule<BodyText> = (span) => {
  const alone = afterInstructions(span, '[]');
  return alone === '[]' ? undefined : alone;
};

const PARAMETERS = [
  'temperature',
  'top_p',
  'top_k',
  'max_tokens',
  'frequency_penalty',
  'presence_penalty',
  'stop_sequences',
  'seed',
  'choice.count',
  'encoding_formats',
];

export const modelParameters: Rule<Readonly<Record<string, Json>>> = (span) => {
  if (!span.mentions('gen_ai')) return undefined;
  const found: [string, Json][] = [];
  for (const name of PARAMETERS) {
    const value = span.peek(`gen_ai.request.${name}`);
    if (value === undefined) continue;
    span.claim(`gen_ai.request.${name}`);
    found.push([name, value]);
  }
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

export { usage } from './gen-ai-usage.js';
