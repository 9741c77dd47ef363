import type { ObservationType } from '@powerrag/protocol';
import { bodyAt, encodedTextAt, type Rule } from './span-reader.js';

/** Laminar (`lmnr.*`), which also records Browser Use. What it says of a call of a model is GenAI otherwise. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['tool', 'tool'],
  ['executor', 'chain'],
  ['evaluation', 'chain'],
  ['evaluator', 'evaluator'],
  ['human_evaluator', 'evaluator'],
]);

const PROPERTIES = 'lmnr.association.properties.';

export const type: Rule<ObservationType> = (span) => span.lookUp('lmnr.span.type', TYPES);
export const userId = encodedTextAt(`${PROPERTIES}user_id`);
export const tags: Rule<readonly string[]> = (span) => span.list(`${PROPERTIES}tags`);
export const TRACE_METADATA_PREFIX = `${PROPERTIES}metadata.`;
export const input = bodyAt('lmnr.span.input');
export const output = bodyAt('lmnr.span.output');
