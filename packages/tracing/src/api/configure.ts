import type { ObservationType } from '@powerrag/protocol';
import type { AttributeSink } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import type { GenerationAttributes, TracingOptions } from '../base/types.js';
import { writeGenAi, writeUsageByKind } from '../record/gen-ai.js';

/** Changes how observations are recorded from now on. What is not given stays as it is. */
export function configureTracing(options: TracingOptions): void {
  const state = sharedState();
  Object.assign(state.options, options);
  const { genAiAttributes, scopeName } = state.options;
  state.alsoWrite = genAiAttributes || scopeName ? writeForOtherBackends : undefined;
}

/** For servers that do not read usage objects of providers, and conventions that they read instead of ours. */
function writeForOtherBackends(sink: AttributeSink, attributes: GenerationAttributes, type?: ObservationType): void {
  writeUsageByKind(sink, attributes);
  if (sharedState().options.genAiAttributes) writeGenAi(sink, attributes, type);
}
