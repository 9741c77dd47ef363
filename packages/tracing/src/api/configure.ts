import { sharedState } from '../base/shared-state.js';
import type { TracingOptions } from '../base/types.js';
import { writeGenAi } from '../record/gen-ai.js';

/** Changes how observations are recorded from now on. What is not given stays as it is. */
export function configureTracing(options: TracingOptions): void {
  const state = sharedState();
  Object.assign(state.options, options);
  state.alsoWrite = state.options.genAiAttributes ? writeGenAi : undefined;
}
