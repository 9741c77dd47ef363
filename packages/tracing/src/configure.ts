import { writeGenAi } from './gen-ai.js';
import { sharedState } from './shared-state.js';

/** How observations are recorded, for the whole process. */
export interface TracingOptions {
  /**
   * Also write the OpenTelemetry GenAI attributes: `gen_ai.operation.name`, `gen_ai.request.model`,
   * `gen_ai.usage.input_tokens`, `gen_ai.usage.output_tokens` and `gen_ai.conversation.id`, for other OpenTelemetry backends.
   * Default false.
   */
  genAiAttributes?: boolean;
  /**
   * Name of the instrumentation scope of our spans. Default `powerrag`. Set `langfuse-sdk` when they go to a Langfuse server or
   * through a Langfuse span processor: both choose spans by that name.
   */
  scopeName?: string;
  /**
   * The most that is recorded of one value (an input, an output, one metadata entry), in UTF-16 code units before JSON escapes.
   * What is beyond is cut, and a marker says how much. Default 1,048,576.
   */
  maxValueLength?: number;
}

/** Changes how observations are recorded from now on. What is not given stays as it is. */
export function configureTracing(options: TracingOptions): void {
  const state = sharedState();
  Object.assign(state.options, options);
  state.alsoWrite = state.options.genAiAttributes ? writeGenAi : undefined;
}
