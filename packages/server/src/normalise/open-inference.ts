import type { Json, ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { countAt, firstOf, isObject, parseJson, type Rule, type SpanReader, textAt, textOf } from './span-reader.js';
import { knownCounts, usageFrom } from './usage.js';

/** OpenInference, which the instrumentations of Arize and Phoenix write. Its `session.id` and `user.id` are ours too. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['embedding', 'embedding'],
  ['agent', 'agent'],
  ['tool', 'tool'],
  ['chain', 'chain'],
  ['retriever', 'retriever'],
  ['reranker', 'retriever'],
  ['guardrail', 'guardrail'],
  ['evaluator', 'evaluator'],
  ['prompt', 'span'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('openinference.span.kind', TYPES);

const MODEL_CALLED = ['llm.model_name', 'llm.response.model_name', 'llm.request.model_name'];

/** The type of a span without a kind. */
export const typeByKeys: Rule<ObservationType> = (span) => {
  if (MODEL_CALLED.some((key) => span.has(key))) return 'generation';
  if (span.has('embedding.model_name')) return 'embedding';
  return span.has('reranker.model_name') ? 'retriever' : undefined;
};

/** What OpenInference's instrumentations of LangChain take for the id of a session. LangGraph needs a `thread_id` for its memory. */
const IDS_OF_LANGCHAIN = ['session_id', 'conversation_id', 'thread_id'];

/** Whether the `session.id` of a span is from the metadata of a chain: it is written over that of the application. */
export function isIdOfChain(span: SpanReader, id: string): boolean {
  const metadata = span.peek('metadata');
  if (typeof metadata !== 'string' || !metadata.includes(id)) return false;
  if (!/openinference.*langchain/.test(span.span.scope.name)) return false;
  const given = parseJson(metadata);
  return isObject(given) && IDS_OF_LANGCHAIN.some((key) => textOf(given[key]) === id);
}

export const tags: Rule<readonly string[]> = (span) => span.list('tag.tags');
export const metadata: Rule<Readonly<Record<string, Json>>> = (span) => span.object('metadata');
export const model = textAt(
  'llm.response.model_name',
  // LiteLLM's.
  'llm.response.model',
  'llm.model_name',
  'llm.request.model_name',
  'embedding.model_name',
  'reranker.model_name',
);

/** The model that a call asked for: of one that failed, some instrumentations write it among the parameters alone. */
export const modelAsked: Rule<string> = (span) => {
  if (!span.mentions('llm') && !span.mentions('embedding')) return undefined;
  const kind = type(span);
  const given = span.peek(kind === 'embedding' ? 'embedding.invocation_parameters' : 'llm.invocation_parameters');
  if (kind !== 'generation' && kind !== 'embedding') return undefined;
  const parameters = typeof given === 'string' ? parseJson(given) : given;
  return isObject(parameters) ? (textOf(parameters.model) ?? textOf(parameters.model_name)) : undefined;
};

export const provider = textAt('llm.provider', 'llm.system');
export const modelParameters: Rule<Readonly<Record<string, Json>>> = (span) =>
  span.object('llm.invocation_parameters') ?? span.object('embedding.invocation_parameters');

const counts = {
  input: countAt('llm.token_count.prompt'),
  output: countAt('llm.token_count.completion'),
  total: countAt('llm.token_count.total'),
  cached: countAt('llm.token_count.prompt_details.cache_read', 'llm.token_count.prompt_details.cache_input'),
  written: countAt('llm.token_count.prompt_details.cache_write'),
  heard: countAt('llm.token_count.prompt_details.audio'),
  reasoning: countAt('llm.token_count.completion_details.reasoning'),
  spoken: countAt('llm.token_count.completion_details.audio'),
};

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  if (!span.mentions('llm')) return undefined;
  return usageFrom({
    input: counts.input(span),
    output: counts.output(span),
    total: counts.total(span),
    inputParts: knownCounts({
      input_cached_tokens: counts.cached(span),
      input_cache_creation: counts.written(span),
      input_audio_tokens: counts.heard(span),
    }),
    outputParts: knownCounts({
      output_reasoning_tokens: counts.reasoning(span),
      output_audio_tokens: counts.spoken(span),
    }),
  });
};

/**
 * For a call of a model its messages say more than `input.value`, which is then what the library was called with. Around a
 * call (`CHAIN`, `AGENT`) it is the other way round: an instrumentation copies what it finds of a message, in LangGraph only
 * the first one, or a role without words. Documents say more than both.
 */
export const input: Rule<BodyText> = firstOf(
  reranking,
  embedded,
  (span) => (isAroundCalls(span) ? value('input')(span) : undefined),
  (span) => (hasLostWords(span, 'input') ? value('input')(span) : undefined),
  messages('llm.input_messages', 'user'),
  prompts,
  value('input'),
);

/** What was searched for, and in which documents. */
function reranking(span: SpanReader): BodyText | undefined {
  const query = span.text('reranker.query');
  const found = documents('reranker.input_documents')(span);
  if (query === undefined || found === undefined) return query ?? found;
  return `{"query":${JSON.stringify(query)},"documents":${found}}`;
}

/** The texts of an embedding; its `input.value` may be the whole request. */
function embedded(span: SpanReader): BodyText | undefined {
  const texts = span.elements('embedding.embeddings').flatMap((at) => span.text(`${at}embedding.text`) ?? []);
  return texts.length === 1 ? texts[0] : jsonList(texts);
}

/**
 * What an instrumentation writes in place of an answer: of BeeAI an error (`ChatModelError(beeai_framework.backend.errors): …`),
 * of Groq a stream that was not read (`<groq.Stream object at 0x7fec51526690>`).
 */
const NO_ANSWER = /^(?:\w+\(beeai_framework\.[\w.]+\): |<[\w.]+ (?:object )?at 0x[\da-f]+>$)/;

/** Of ADK an event without content. */
const ERROR_OF_ADK = /"error_code":\s*"/;

function isNoAnswer(span: SpanReader): boolean {
  const text = span.mentions('output') ? span.peek('output.value') : undefined;
  if (typeof text !== 'string') return false;
  if (NO_ANSWER.test(text)) return true;
  const event = text.length <= MAX_ERROR_LENGTH && ERROR_OF_ADK.test(text) ? parseJson(text) : undefined;
  return isObject(event) && event.error_message !== undefined && event.content === undefined;
}

/** Longer than this, it says more than an error. */
const MAX_ERROR_LENGTH = 10_000;

export const output: Rule<BodyText> = firstOf(
  documents('retrieval.documents'),
  documents('reranker.output_documents'),
  (span) => (isAroundCalls(span) && !isNoAnswer(span) ? value('output')(span) : undefined),
  (span) => (hasLostWords(span, 'output') ? value('output')(span) : undefined),
  messages('llm.output_messages', 'assistant'),
  completions,
  (span) => (isNoAnswer(span) ? undefined : value('output')(span)),
);

/**
 * Whether a message has lost its words where `input.value` or `output.value` has them. The instrumentation of Haystack keeps
 * the role of a call or a result alone; the value has Python's `repr` of each message. That of LangChain for JavaScript leaves
 * out content that is a list of parts, also beside calls; the value has LangChain's own JSON.
 */
function hasLostWords(span: SpanReader, side: 'input' | 'output'): boolean {
  const whole = span.peek(`${side}.value`);
  if (typeof whole !== 'string') return false;
  const isLangChain = whole.includes('"lc":1,"type":"constructor"');
  if (!isLangChain && !whole.includes('"ChatMessage(_role=')) return false;
  return span.elements(`llm.${side}_messages`).some((at) => {
    const own = `${at}message.`;
    const isSaid = span.has(`${own}content`) || span.elements(`${own}contents`).length > 0;
    const isCall = span.has(`${own}tool_calls.0.tool_call.function.name`);
    return span.has(`${own}role`) && !isSaid && (isLangChain || !isCall);
  });
}

/** An empty value counts as absent. */
function isAroundCalls(span: SpanReader): boolean {
  return AROUND_CALLS.has(textOf(span.peek('openinference.span.kind'))?.toUpperCase() ?? '');
}

const AROUND_CALLS: ReadonlySet<string> = new Set(['CHAIN', 'AGENT']);

/** A completion of text has prompts and choices in place of messages. */
function prompts(span: SpanReader): BodyText | undefined {
  const texts = span.elements('llm.prompts').flatMap((at) => span.text(`${at}prompt.text`) ?? []);
  return jsonList(texts.map((content) => ({ role: 'user', content })));
}

function completions(span: SpanReader): BodyText | undefined {
  const texts = span.elements('llm.choices').flatMap((at) => span.text(`${at}completion.text`) ?? []);
  return jsonList(texts.map((content) => ({ role: 'assistant', content })));
}

function value(side: 'input' | 'output'): Rule<BodyText> {
  return (span) => {
    const found = span.body(`${side}.value`);
    if (found !== undefined) span.claim(`${side}.mime_type`);
    return found;
  };
}

function messages(list: string, speaker: 'user' | 'assistant'): Rule<BodyText> {
  return (span) =>
    jsonList(span.elements(list).flatMap((at) => message(span, `${at}message.`, speaker) ?? functionResults(span, at)));
}

/** What functions gave back, as the instrumentation of AutoGen writes it beside a message that has a role alone. */
function functionResults(span: SpanReader, at: string): Json[] {
  const found: Json[] = [];
  for (;;) {
    const given = span.object(`${at}function.${found.length}`);
    if (given === undefined) return found;
    const { content = null, call_id: id = null, name = null } = given;
    found.push({ role: 'tool', content, tool_call_id: id, name });
  }
}

/**
 * In the form of OpenAI's chat, which the convention takes apart. Undefined where there is a role and nothing that was said;
 * who speaks without a role is whose side it is.
 */
function message(span: SpanReader, at: string, speaker: string): Json | undefined {
  const calls = [
    ...span.elements(`${at}tool_calls`).flatMap((call) => toolCall(span, `${call}tool_call.`) ?? []),
    ...functionCall(span, at),
  ];
  const contents = span.elements(`${at}contents`).flatMap((part) => content(span, `${part}message_content.`));
  const said = contents.length > 0 ? contents : (partsInText(span, `${at}content`) ?? span.body(`${at}content`));
  if (said === undefined && calls.length === 0) return undefined;
  const id = span.text(`${at}tool_call_id`);
  const name = span.text(`${at}name`);
  const role = span.text(`${at}role`) ?? speaker;
  return {
    // Anthropic sends the results of tools under the user's role.
    role: id !== undefined && role === 'user' ? 'tool' : role,
    content: said ?? null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(id === undefined ? {} : { tool_call_id: id }),
    ...(name === undefined ? {} : { name }),
  };
}

/** A list of parts as one text: the instrumentation of Mistral has it so. */
function partsInText(span: SpanReader, key: string): Json | undefined {
  const text = span.peek(key);
  if (typeof text !== 'string' || !/^\[\{"type": ?"\w+"/.test(text)) return undefined;
  const parts = parseJson(text);
  if (!Array.isArray(parts) || !parts.every((part) => isObject(part) && typeof part.type === 'string'))
    return undefined;
  span.claim(key);
  return parts;
}

/** The one call that a message had before it could have several. */
function functionCall(span: SpanReader, at: string): Json[] {
  const name = span.text(`${at}function_call_name`);
  if (name === undefined) return [];
  const given = span.body(`${at}function_call_arguments_json`) ?? '';
  return [{ id: null, type: 'function', function: { name, arguments: given } }];
}

function toolCall(span: SpanReader, at: string): Json | undefined {
  const name = span.text(`${at}function.name`);
  if (name === undefined) return undefined;
  const id = span.text(`${at}id`) ?? null;
  return { id, type: 'function', function: { name, arguments: span.body(`${at}function.arguments`) ?? '' } };
}

/** Of a file also what was said in it. */
function content(span: SpanReader, at: string): Json[] {
  const type = span.text(`${at}type`) ?? 'text';
  const image = span.text(`${at}image.image.url`);
  if (image !== undefined) return [{ type: 'image_url', image_url: { url: image } }];
  const text = span.body(`${at}text`);
  if (text !== undefined) return [{ type, text }];
  const said = textOfFile('transcript')(span, at);
  return [...(said === undefined ? [] : [{ type: 'text', text: said }]), ...fileIn(span, at, type)];
}

/** A file, as the conventions have it since they have one form for images, sound and documents, or sound as it was before. */
function fileIn(span: SpanReader, at: string, modality: string): Json[] {
  const mimeType = textOfFile('mime_type')(span, at) ?? null;
  const name = textOfFile('name')(span, at) ?? textOfFile('file_id')(span, at);
  const uri = textOfFile('url')(span, at);
  if (uri !== undefined) return [{ type: 'uri', uri, modality, mime_type: mimeType }];
  return name === undefined ? [] : [{ type: 'file', file_id: name, modality, mime_type: mimeType }];
}

function textOfFile(name: string): (span: SpanReader, at: string) => string | undefined {
  return (span, at) => span.text(`${at}file.${name}`) ?? span.text(`${at}audio.audio.${name}`);
}

function documents(list: string): Rule<BodyText> {
  return (span) =>
    jsonList(
      span.elements(list).flatMap((at): Json[] => {
        const metadata = span.body(`${at}document.metadata`);
        const parsed = metadata === undefined ? undefined : parseJson(metadata);
        const fields: [string, Json | undefined][] = [
          ['id', span.text(`${at}document.id`)],
          ['content', span.body(`${at}document.content`)],
          ['score', span.number(`${at}document.score`)],
          ['metadata', isObject(parsed) ? parsed : metadata],
        ];
        const known = fields.filter((field): field is [string, Json] => field[1] !== undefined);
        return known.length === 0 ? [] : [Object.fromEntries(known)];
      }),
    );
}

function jsonList(items: readonly Json[]): BodyText | undefined {
  return items.length === 0 ? undefined : JSON.stringify(items);
}

/** A tool's own name, where its span has one. */
export const name: Rule<string> = (span) => (type(span) === 'tool' ? span.text('tool.name') : undefined);
