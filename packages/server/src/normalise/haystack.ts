import type { Json, ObservationType } from '@powerrag/protocol';
import { bodyAt, isObject, parseJson, type Rule, type SpanReader, textAt, textOf } from './span-reader.js';
import { countsOf, usageFrom } from './usage.js';

/** Haystack's own tracer, which writes the data of pipelines, components and agents where content tracing is on. */

const COMPONENTS: readonly (readonly [name: RegExp, type: ObservationType])[] = [
  [/Generator$/, 'generation'],
  [/Retriever$|Ranker$/, 'retriever'],
  [/Embedder$/, 'embedding'],
  [/^Agent$/, 'agent'],
  [/^ToolInvoker$/, 'tool'],
];

const SPANS: ReadonlyMap<string, ObservationType> = new Map([
  ['haystack.pipeline.run', 'chain'],
  ['haystack.async_pipeline.run', 'chain'],
  ['haystack.agent.run', 'agent'],
  // From version 3 on a step of an agent has spans of its own, which are not components.
  ['haystack.agent.step', 'chain'],
  ['haystack.agent.step.llm', 'generation'],
  ['haystack.agent.step.tool', 'tool'],
]);

/** The class of a component says what it is. */
export const type: Rule<ObservationType> = (span) => {
  const component = textOf(span.peek('haystack.component.type'));
  const known = component === undefined ? undefined : COMPONENTS.find(([name]) => name.test(component))?.[1];
  return known ?? SPANS.get(span.span.name);
};

/** The name of a component in its pipeline, or of a tool. That of the span is the same for all. */
export const name: Rule<string> = textAt('haystack.component.name', 'haystack.tool.name');

/** What a generator says of its answers, in newer versions within each of them. */
export const model: Rule<string> = (span) => textOf(answerOf(span)?.model);

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const counts = answerOf(span)?.usage;
  if (!isObject(counts)) return undefined;
  return usageFrom(countsOf(counts));
};

function answerOf(span: SpanReader): Readonly<Record<string, Json>> | undefined {
  const value =
    type(span) === 'generation'
      ? (span.peek('haystack.component.output') ?? span.peek('haystack.agent.step.llm.output'))
      : undefined;
  const held = typeof value === 'string' ? parseJson(value) : value;
  if (!isObject(held)) return undefined;
  const first = (list: Json | undefined): Json | undefined => (Array.isArray(list) ? list[0] : undefined);
  const reply = first(held.replies);
  const meta = isObject(reply) ? (reply.meta ?? reply._meta) : first(held.meta);
  return isObject(meta) ? meta : undefined;
}

export const input = bodyAt(...keysOf('input'), 'haystack.pipeline.input_data');
export const output = bodyAt(...keysOf('output'), 'haystack.pipeline.output_data');

function keysOf(side: 'input' | 'output'): string[] {
  const holders = ['component', 'agent.step.llm', 'agent.step.tool', 'agent'];
  return holders.map((holder) => `haystack.${holder}.${side}`);
}
