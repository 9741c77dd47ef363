import { isObject, ownValue, read, textAt } from '../base/inert.js';

/** What an answer reports about itself. */
export interface Totals {
  /** Token counts as the provider names them. */
  readonly usageDetails?: Readonly<Record<string, unknown>> | undefined;
  readonly model?: string | undefined;
}

/** The names under which an answer reports its usage: the AI SDK's of all steps, Gemini's, LangChain's, everyone's. */
const USAGES = ['totalUsage', 'usageMetadata', 'usage_metadata', 'usage'];

/** @param before what was reported so far; kept where the answer reports nothing new */
export function totalsOf(answer: unknown, { usageDetails, model }: Totals = {}): Totals {
  // Ollama counts beside its answer, Cohere among what it says about it.
  const about = read(answer, 'meta');
  const usage = [
    ...USAGES.map((name) => read(answer, name)),
    read(answer, 'eval_count') && answer,
    ...['tokens', 'billedUnits', 'billed_units'].map((name) => read(about, name)),
  ].find(isObject);
  const told = usage && Object.keys(usage).map((key) => [key, ownValue(usage, key)] as const);
  // Gemini's is a version.
  const name = textAt(answer, 'model') || textAt(answer, 'modelVersion') || model;
  return {
    // Anthropic reports its counts in several events: a later count replaces the earlier one of the same name.
    usageDetails: told
      ? {
          ...usageDetails,
          ...Object.fromEntries(told.filter(([, value]) => value != null && value !== read(answer, 'message'))),
        }
      : usageDetails,
    model: name,
  };
}

/** As `totalsOf`, for a piece of a stream: providers put what they report beside the piece, or into what it is about. */
export function totalsOfPiece(piece: unknown, before?: Totals): Totals {
  const about = ['response', 'message', 'delta', 'x_groq'].map((name) => read(piece, name)).find(isObject);
  return totalsOf(piece, totalsOf(about, before));
}

const REPORTS_USAGE = /usage\w*"\s*:\s*\{|"eval_count"/i;

/** As `totalsOf`, for the body of a response: JSON, server-sent events, or lines of JSON. */
export function totalsOfBody(body: string): Totals {
  let totals: Totals = {};
  const add = (json: string): boolean => {
    try {
      totals = totalsOfPiece(JSON.parse(json), totals);
      return true;
    } catch {
      return false;
    }
  };
  if (REPORTS_USAGE.test(body) && !add(body)) {
    for (const line of body.split('\n')) if (REPORTS_USAGE.test(line)) add(line.replace(/^data: ?/, ''));
  }
  return totals;
}
