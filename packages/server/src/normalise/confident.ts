import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { countAt, type Rule, textAt } from './span-reader.js';
import { usageFrom } from './usage.js';

/** Confident AI and its DeepEval (`confident.*`): what a span is, what went in and out, and the thread and user of its trace. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['agent', 'agent'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('confident.span.type', TYPES);
export const name = textAt('confident.span.name', 'confident.tool.name');
export const userId = textAt('confident.trace.user_id');
export const tags: Rule<readonly string[]> = (span) => span.list('confident.trace.tags');
export const model = textAt('confident.llm.model');

/** Words are text or JSON, messages also a list of such texts. */
export const input: Rule<BodyText> = (span) => span.bodies('confident.span.input') ?? span.body('confident.span.input');
export const output: Rule<BodyText> = (span) =>
  span.bodies('confident.span.output') ?? span.body('confident.span.output');

const inputTokens = countAt('confident.llm.input_token_count');
const outputTokens = countAt('confident.llm.output_token_count');

export const usage: Rule<Readonly<Record<string, number>>> = (span) =>
  span.mentions('confident')
    ? usageFrom({
        ...{ input: inputTokens(span), output: outputTokens(span) },
        ...{ inputParts: new Map(), outputParts: new Map() },
      })
    : undefined;
