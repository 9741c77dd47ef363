import { bodyAt } from './span-reader.js';

/** Haystack's own tracer, which writes the data of pipelines and components where content tracing is on. */

export const input = bodyAt('haystack.component.input', 'haystack.pipeline.input_data');
export const output = bodyAt('haystack.component.output', 'haystack.pipeline.output_data');
