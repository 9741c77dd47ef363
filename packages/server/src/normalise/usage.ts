import type { Json } from '@powerrag/protocol';
import { countOf, isObject } from './span-reader.js';

/** Token counts as an SDK gives them. */
export interface Counts {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly total?: number | undefined;
  /** Counts that are usually, but not for every provider, a part of `input`: cached tokens, audio, … */
  readonly inputParts: ReadonlyMap<string, number>;
  /** The same of `output`: reasoning, … */
  readonly outputParts: ReadonlyMap<string, number>;
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
  const { inputParts, outputParts, others = new Map<string, number>() } = counts;
  const known = [counts.input, counts.output, counts.total].some((count) => count !== undefined);
  if (!known && inputParts.size + outputParts.size + others.size === 0) return undefined;

  const inner = sum(inputParts.values());
  const outer = sum(outputParts.values());
  const rest = sum(others.values());
  const wholes = wholesThatFit(counts, inner, outer, rest);
  const entries = new Map<string, number>();
  if (counts.input !== undefined || counts.output !== undefined) {
    entries.set('input', wholes.input);
    entries.set('output', wholes.output);
  }
  for (const [name, count] of [...inputParts, ...outputParts, ...others]) {
    if (count > 0) entries.set(name, (entries.get(name) ?? 0) + count);
  }
  const counted = sum(entries.values());
  if (counts.total !== undefined && counts.total > counted) {
    entries.set('other', (entries.get('other') ?? 0) + counts.total - counted);
  }
  entries.set('total', sum(entries.values()));
  return Object.fromEntries(entries);
}

/** `input` and `output` without their parts, in whichever reading the total confirms. */
function wholesThatFit(
  { input = 0, output = 0, total }: Counts,
  inputParts: number,
  outputParts: number,
  rest: number,
): { input: number; output: number } {
  const inputs = inputParts > 0 && inputParts <= input ? [input - inputParts, input] : [input];
  const outputs = outputParts > 0 && outputParts <= output ? [output - outputParts, output] : [output];
  const readings = inputs.flatMap((i) => outputs.map((o) => ({ input: i, output: o })));
  const confirmed = readings.find((reading) => {
    return reading.input + inputParts + reading.output + outputParts + rest === total;
  });
  return confirmed ?? readings[0] ?? { input, output };
}

const INPUT_NAMES = ['input', 'prompt_tokens', 'input_tokens', 'promptTokens', 'inputTokens'];
const OUTPUT_NAMES = ['output', 'completion_tokens', 'output_tokens', 'completionTokens', 'outputTokens'];
const TOTAL_NAMES = ['total', 'total_tokens', 'totalTokens'];
const INPUT_DETAILS = ['prompt_tokens_details', 'input_tokens_details', 'input_token_details', 'inputTokenDetails'];
const OUTPUT_DETAILS = [
  'completion_tokens_details',
  'output_tokens_details',
  'output_token_details',
  'outputTokenDetails',
];

/**
 * Reads a usage object: Langfuse's own (`input`, `output`, `total` and any names beside), or a provider's as it came
 * (OpenAI chat and responses, Anthropic, the AI SDK).
 */
export function countsOf(usage: Readonly<Record<string, Json>>): Counts {
  const inputParts = new Map<string, number>();
  const outputParts = new Map<string, number>();
  const others = new Map<string, number>();
  for (const [name, value] of Object.entries(usage)) {
    const count = countOf(value);
    if (isObject(value) && INPUT_DETAILS.includes(name)) addDetails(inputParts, 'input_', value);
    else if (isObject(value) && OUTPUT_DETAILS.includes(name)) addDetails(outputParts, 'output_', value);
    else if (count === undefined || [...INPUT_NAMES, ...OUTPUT_NAMES, ...TOTAL_NAMES].includes(name)) continue;
    else others.set(name, count);
  }
  return {
    input: firstCount(usage, INPUT_NAMES),
    output: firstCount(usage, OUTPUT_NAMES),
    total: firstCount(usage, TOTAL_NAMES),
    ...partsByTotal(usage, inputParts, outputParts, others),
  };
}

/**
 * Named counts beside Langfuse's `input` and `output` are additional by its definition. Only when they do not fit the
 * given total, which `input` and `output` alone make, were they included after all.
 */
function partsByTotal(
  usage: Readonly<Record<string, Json>>,
  inputParts: ReadonlyMap<string, number>,
  outputParts: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
): Pick<Counts, 'inputParts' | 'outputParts' | 'others'> {
  const total = firstCount(usage, TOTAL_NAMES);
  const whole = (firstCount(usage, INPUT_NAMES) ?? 0) + (firstCount(usage, OUTPUT_NAMES) ?? 0);
  if (total === undefined || total !== whole) return { inputParts, outputParts, others };
  const isOutput = (name: string): boolean => /output|completion|reasoning/.test(name);
  return {
    inputParts: new Map([...inputParts, ...[...others].filter(([name]) => !isOutput(name))]),
    outputParts: new Map([...outputParts, ...[...others].filter(([name]) => isOutput(name))]),
    others: new Map(),
  };
}

/** Those counts of these that are known. */
export function knownCounts(counts: Readonly<Record<string, number | undefined>>): Map<string, number> {
  return new Map(Object.entries(counts).flatMap(([name, count]) => (count === undefined ? [] : [[name, count]])));
}

function firstCount(usage: Readonly<Record<string, Json>>, names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = Object.hasOwn(usage, name) ? countOf(usage[name]) : undefined;
    if (count !== undefined) return count;
  }
  return undefined;
}

function addDetails(parts: Map<string, number>, prefix: string, details: Readonly<Record<string, Json>>): void {
  for (const [name, value] of Object.entries(details)) {
    const count = countOf(value);
    if (count !== undefined) parts.set(prefix + name, count);
  }
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
