import type { ObservationType } from '@powerrag/protocol';
import type { AttributeSink } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import type { GenerationAttributes, TracingOptions } from '../base/types.js';
import { writeGenAi, writeUsageByKind } from '../record/gen-ai.js';

/** Changes how observations are recorded from now on. Options that are not given keep their values. */
export function configureTracing(options: TracingOptions): void {
  const state = sharedState();
  Object.assign(state.options, options);
  const { genAiAttributes, scopeName } = state.options;
  state.alsoWrite = genAiAttributes || scopeName ? writeForOtherBackends : undefined;
}

/** Attributes in other conventions, for servers that do not read our keys or the usage objects of providers. */
function writeForOtherBackends(sink: AttributeSink, attributes: GenerationAttributes, type?: ObservationType): void {
  writeUsageByKind(sink, attributes);
  if (sharedState().options.genAiAttributes) writeGenAi(sink, attributes, type);
}
