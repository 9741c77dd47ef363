import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { type Rule, textAt } from './span-reader.js';
import { spread } from './spread.js';

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
