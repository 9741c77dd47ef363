import { isObject, ownValue, read } from '../base/inert.js';

/** What an answer tells about itself. */
export interface Totals {
  /** Token counts as the provider names them. */
  readonly usageDetails?: Readonly<Record<string, unknown>> | undefined;
  readonly model?: string | undefined;
}

/** By which names an answer tells its usage: the AI SDK's of all steps, Gemini's, LangChain's, everybody's. */
const USAGES = ['totalUsage', 'usageMetadata', 'usage_metadata', 'usage'];

/** @param before what was told before, and stands where nothing else is told */
export function totalsOf(answer: unknown, { usageDetails, model }: Totals = {}): Totals {
  const usage = USAGES.map((name) => read(answer, name)).find(isObject);
  const told = usage && Object.keys(usage).map((key) => [key, ownValue(usage, key)] as const);
  const name = read(answer, 'model');
  return {
    // An answer tells its counts bit by bit (Anthropic): a later one replaces the same of before.
    usageDetails: told
      ? { ...usageDetails, ...Object.fromEntries(told.filter(([, value]) => value != null)) }
      : usageDetails,
    model: typeof name === 'string' ? name : model,
  };
}
