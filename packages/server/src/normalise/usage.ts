import { type Json, kindsOf, countsOf as protocolCountsOf } from '@powerrag/protocol';

/** Token counts as an SDK gives them. */
export interface Counts {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly total?: number | undefined;
  /** Counts that are usually, but not for every provider, a part of `input`: cached tokens, audio, … */
  readonly inputParts: ReadonlyMap<string, number>;
  /** The same of `output`: reasoning, … */
  readonly outputParts: ReadonlyMap<string, number>;
  /** Counts that go with the input and are not in `input`, unless the total says that they are. */
  readonly inputBeside?: ReadonlyMap<string, number>;
  /** The same of the output. */
  readonly outputBeside?: ReadonlyMap<string, number>;
  /** Counts that belong to neither. */
  readonly others?: ReadonlyMap<string, number>;
}

/**
 * Token counts of which none is counted twice: parts are taken out of `input` and `output`, and `total` is the sum of all
 * other entries. Undefined when there is no count at all.
 *
 * Providers differ in whether `input` includes its parts. OpenAI's and OpenTelemetry's do, Anthropic's does not, Gemini's
 * output leaves its reasoning out. Where a total came along it decides; without one a part that is larger than the whole
 * cannot be in it, and any other is taken to be. What a total counts beyond all the others is kept as `other`.
 */
export function usageFrom(counts: Counts): Readonly<Record<string, number>> | undefined {
  const { input, output, total, inputParts, outputParts } = counts;
  const { inputBeside = new Map(), outputBeside = new Map(), others = new Map() } = counts;
  const isKnown = [input, output, total].some((count) => count !== undefined);
  const maps = [inputParts, inputBeside, outputParts, outputBeside, others];
  if (!isKnown && maps.every(({ size }) => size === 0)) return undefined;
  const { total: _, ...kinds } = kindsOf({
    input: { whole: input, parts: inputParts, beside: inputBeside },
    output: { whole: output, parts: outputParts, beside: outputBeside },
    total,
    others,
  });
  const wholes = input === undefined && output === undefined ? {} : { input: 0, output: 0 };
  const all: Record<string, number> = { ...wholes, ...kinds };
  return { ...all, total: Object.values(all).reduce((sum, count) => sum + count, 0) };
}

/** The kinds that Langfuse's callback for LangChain makes of its details: `input_` and the name that LangChain has. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['input_cache_read', 'input_cached_tokens'],
  ['input_audio', 'input_audio_tokens'],
  ['input_image', 'input_image_tokens'],
  ['output_reasoning', 'output_reasoning_tokens'],
  ['output_audio', 'output_audio_tokens'],
  ['output_image', 'output_image_tokens'],
]);

/** Reads a usage object: Langfuse's own (`input`, `output`, `total` and any names beside), or a provider's as it came. */
export function countsOf(usage: Readonly<Record<string, Json>>): Counts {
  const named = Object.entries(usage).map(([name, count]) => [KINDS.get(name) ?? name, count] as const);
  const counts = protocolCountsOf(Object.fromEntries(named));
  if (counts === undefined) return { inputParts: new Map(), outputParts: new Map() };
  const { input, output, total, others } = counts;
  return {
    input: input.whole,
    output: output.whole,
    total,
    inputParts: input.parts,
    outputParts: output.parts,
    inputBeside: input.beside,
    outputBeside: output.beside,
    others,
  };
}

/** Those counts of these that are known. */
export function knownCounts(counts: Readonly<Record<string, number | undefined>>): Map<string, number> {
  const known = new Map<string, number>();
  for (const [name, count] of Object.entries(counts)) if (count !== undefined) known.set(name, count);
  return known;
}
