import type { Json, ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { bodyAt, encodedTextAt, firstOf, parseJson, type Rule, type SpanReader } from './span-reader.js';

/**
 * Traceloop's OpenLLMetry: `traceloop.*`, and the messages that it spread over attributes (`gen_ai.prompt.0.role`) before
 * the GenAI conventions had a place for them. What it says about a model call is GenAI otherwise.
 */

const KINDS: ReadonlyMap<string, ObservationType> = new Map([
  ['workflow', 'chain'],
  ['task', 'chain'],
  ['agent', 'agent'],
  ['tool', 'tool'],
]);

const REQUESTS: ReadonlyMap<string, ObservationType> = new Map([
  ['chat', 'generation'],
  ['completion', 'generation'],
  ['embedding', 'embedding'],
  ['rerank', 'retriever'],
]);

export const type: Rule<ObservationType> = (span) =>
  span.lookUp('llm.request.type', REQUESTS) ?? span.lookUp('traceloop.span.kind', KINDS);

const PROPERTIES = 'traceloop.association.properties.';

export const userId = encodedTextAt(`${PROPERTIES}user_id`);
/** They are written on every span within a context: they are said of the trace. */
export const TRACE_METADATA_PREFIX = PROPERTIES;
/** The name that the application gave. That of the span has the kind behind it. */
export const name: Rule<string> = (span) =>
  span.has('traceloop.span.kind') ? span.text('traceloop.entity.name') : undefined;

/** A prompt of Traceloop's own registry. */
export const prompt: Rule<{ readonly name: string; readonly version: number | null }> = (span) => {
  const key = span.text('traceloop.prompt.key');
  return key === undefined ? undefined : { name: key, version: span.count('traceloop.prompt.version') ?? null };
};

/** CrewAI's crews, tasks and agents have theirs under keys of their own. */
export const input: Rule<BodyText> = firstOf(
  messages('gen_ai.prompt'),
  bodyAt('traceloop.entity.input', 'crewai.task.description', 'crewai.crew.inputs'),
);
export const output: Rule<BodyText> = firstOf(
  messages('gen_ai.completion'),
  bodyAt('traceloop.entity.output', 'crewai.crew.result', 'crewai.task.result', 'crewai.agent.result'),
);

/** In the form of OpenAI's chat, which was taken apart. */
function messages(list: string): Rule<BodyText> {
  return (span) => {
    const found = span.elements(list).flatMap((at) => message(span, at) ?? []);
    return found.length === 0 ? undefined : JSON.stringify(found);
  };
}

function message(span: SpanReader, at: string): Json | undefined {
  const role = span.text(`${at}role`);
  const content = span.body(`${at}content`) ?? span.body(`${at}user`);
  const calls = [...span.elements(`${at}tool_calls`), `${at}function_call.`].flatMap(
    (call) => toolCall(span, call) ?? [],
  );
  if (role === undefined && content === undefined && calls.length === 0) return undefined;
  const id = span.text(`${at}tool_call_id`);
  return {
    role: role === undefined || role === 'unknown' ? speakerAt(at) : role,
    content: contentOf(content),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(id === undefined ? {} : { tool_call_id: id }),
  };
}

/** Who speaks where the instrumentation does not know, as with `unknown` of LangChain's, or does not say. */
function speakerAt(at: string): string {
  return at.startsWith('gen_ai.completion.') ? 'assistant' : 'user';
}

/** A list of parts came as JSON in text, as did `null`. */
function contentOf(content: BodyText | undefined): Json {
  if (content === undefined || content === 'null') return null;
  const parts = content.startsWith('[') ? parseJson(content) : undefined;
  return Array.isArray(parts) ? parts : content;
}

function toolCall(span: SpanReader, at: string): Json | undefined {
  const name = span.text(`${at}name`);
  if (name === undefined) return undefined;
  const id = span.text(`${at}id`) ?? null;
  return { id, type: 'function', function: { name, arguments: span.body(`${at}arguments`) ?? '' } };
}
