import type { Json, ObservationLevel, ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { MAX_WAIT_MS } from './bounds.js';
import { bodyAt, countAt, countUpTo, firstOf, type Rule, type SpanReader, textOf } from './span-reader.js';
import { knownCounts, usageFrom } from './usage.js';

/**
 * Claude Code and the Claude Agent SDK (spans `claude_code.*`), whose attributes are bare words: an interaction around requests
 * to the model and calls of tools. Words are there where the user turned them on; the prompt is `<REDACTED>` where not.
 */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['interaction', 'agent'],
  ['llm_request', 'generation'],
  ['tool', 'tool'],
  ['tool.execution', 'span'],
  ['tool.blocked_on_user', 'span'],
  ['hook', 'span'],
]);

/** The same bare words mean something else in the spans of others. */
function only<T>(rule: Rule<T>): Rule<T> {
  return (span) => (span.span.name.startsWith('claude_code.') ? rule(span) : undefined);
}

export const type: Rule<ObservationType> = only((span) => span.lookUp('span.type', TYPES));

export const name: Rule<string> = only((span) => (type(span) === 'tool' ? span.text('tool_name') : undefined));
export const model: Rule<string> = only((span) => span.text('model'));
export const msToFirstToken: Rule<number> = only(countUpTo(MAX_WAIT_MS, 'ttft_ms'));
export const level: Rule<ObservationLevel> = only((span) =>
  textOf(span.peek('success')) === 'false' ? 'ERROR' : undefined,
);
export const statusMessage: Rule<string> = only((span) => span.text('error'));

const counts = {
  input: countAt('input_tokens'),
  output: countAt('output_tokens'),
  cached: countAt('cache_read_tokens'),
  written: countAt('cache_creation_tokens'),
};

/** As Anthropic counts: the cache beside the input. */
export const usage: Rule<Readonly<Record<string, number>>> = only((span) =>
  usageFrom({
    input: counts.input(span),
    output: counts.output(span),
    inputParts: new Map(),
    outputParts: new Map(),
    inputBeside: knownCounts({ input_cached_tokens: counts.cached(span), input_cache_creation: counts.written(span) }),
  }),
);

export const input: Rule<BodyText> = only(
  firstOf(prompt, newContext, bodyAt('tool_input', 'full_command', 'file_path')),
);

export const output: Rule<BodyText> = only(firstOf(bodyAt('response.model_output'), toolOutput));

function prompt(span: SpanReader): BodyText | undefined {
  return span.peek('user_prompt') === '<REDACTED>' ? undefined : span.body('user_prompt');
}

/** What was added to the conversation since the request before: `[USER]` or `[TOOL RESULT: id]` above each message. */
function newContext(span: SpanReader): BodyText | undefined {
  const text = span.text('new_context');
  if (text === undefined) return undefined;
  const messages = text.split(/\n\n---\n\n(?=\[(?:USER|TOOL RESULT))/).map((message): Json => {
    const result = /^\[TOOL RESULT: ([^\]\n]*)\]\n/.exec(message);
    if (result !== null)
      return { role: 'tool', tool_call_id: result[1] ?? '', content: message.slice(result[0].length) };
    return { role: 'user', content: message.replace(/^\[USER\]\n/, '') };
  });
  return JSON.stringify(messages);
}

/** What a tool gave back is in an event of its span. */
function toolOutput({ span }: SpanReader): BodyText | undefined {
  const said = span.events.find(({ name: event }) => event === 'tool.output')?.attributes;
  return textOf(said?.get('output') ?? said?.get('content'));
}
