import type { Json, ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { type Rule, type SpanReader, textAt } from './span-reader.js';

/** HoneyHive (`honeyhive_*`), which spreads what a function was given and gave back over attributes, one for each value in it. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['model', 'generation'],
  ['tool', 'tool'],
  ['chain', 'chain'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('honeyhive_event_type', TYPES);
export const name = textAt('honeyhive_event_name');
export const model = textAt('honeyhive_config.model');
export const input: Rule<BodyText> = (span) => spread(span, 'honeyhive_inputs', 'honeyhive_inputs._params_.');
export const output: Rule<BodyText> = (span) =>
  span.body('honeyhive_outputs.result') ?? spread(span, 'honeyhive_outputs', 'honeyhive_outputs.');

/** A single value as itself, several by their names. */
function spread(span: SpanReader, whole: string, prefix: string): BodyText | undefined {
  const said = span.body(whole);
  if (said !== undefined) return said;
  const [first, ...others] = span.takeUnder(prefix);
  if (first === undefined) return undefined;
  if (others.length > 0) return JSON.stringify(Object.fromEntries([first, ...others]));
  const only: Json = first[1];
  return typeof only === 'string' ? only : JSON.stringify(only);
}
