import { MAX_ID_LENGTH } from '@powerrag/protocol';
import type { Observation, TraceAttributes } from '../observation/observation.js';
import type { Cuts } from '../otlp/collector.js';
import type { IngestLimits } from '../otlp/limits.js';
import { cutText, keptId } from '../otlp/text.js';

/** Short texts: names and values that are filtered by. */
const NAMES = ['name', 'service', 'scope', 'environment', 'version', 'model', 'provider'] as const;
const TRACE_NAMES = {
  name: 'trace names',
  sessionId: 'session ids',
  userId: 'user ids',
  release: 'releases',
  version: 'versions',
  environment: 'environments',
} as const satisfies Partial<Record<keyof TraceAttributes, string>>;

/** An observation within the limits. What is cut or left out is marked in it and reported to the client. */
export function boundObservation(observation: Observation, limits: IngestLimits, cuts: Cuts): Observation {
  const bounds = new Bounds(limits, cuts);
  const { body, prompt, statusMessage } = observation;
  const bounded: { -readonly [Field in keyof Observation]: Observation[Field] } = { ...observation };
  for (const field of NAMES) {
    const value = observation[field];
    if (value !== null) bounded[field] = bounds.id(value, field === 'name' ? 'names' : `${field}s`);
  }
  if (prompt !== null) bounded.prompt = { ...prompt, name: bounds.id(prompt.name, 'prompt names') };
  if (statusMessage !== null && statusMessage.length > limits.statusLength) {
    cuts.cut('status messages', 1, `${limits.statusLength} characters are kept; send shorter ones`);
    bounded.statusMessage = cutText(statusMessage, limits.statusLength);
  }
  bounded.usage = bounds.numbers(observation.usage, 'usage names');
  bounded.cost = bounds.numbers(observation.cost, 'cost names');
  bounded.modelParameters = bounds.entries(observation.modelParameters, 'model parameters');
  bounded.body = { ...body, metadata: bounds.entries(body.metadata, 'metadata keys') };
  bounded.trace = boundTrace(observation.trace, bounds);
  return bounded;
}

function boundTrace(trace: TraceAttributes, bounds: Bounds): TraceAttributes {
  const bounded: { -readonly [Field in keyof TraceAttributes]: TraceAttributes[Field] } = { ...trace };
  for (const field of ['name', 'sessionId', 'userId', 'release', 'version', 'environment'] as const) {
    const value = trace[field];
    if (value !== undefined) bounded[field] = bounds.id(value, TRACE_NAMES[field]);
  }
  if (trace.tags !== undefined) bounded.tags = bounds.tags(trace.tags);
  if (trace.metadata !== undefined) bounded.metadata = bounds.entries(trace.metadata, 'trace metadata keys');
  return bounded;
}

class Bounds {
  readonly #limits: IngestLimits;
  readonly #cuts: Cuts;

  constructor(limits: IngestLimits, cuts: Cuts) {
    this.#limits = limits;
    this.#cuts = cuts;
  }

  id(id: string, what: string): string {
    if (id.length <= MAX_ID_LENGTH) return id;
    this.#cuts.cut(what, 1, `${MAX_ID_LENGTH} characters are kept, with a hash of all; send shorter ones`);
    return keptId(id);
  }

  tags(tags: readonly string[]): readonly string[] {
    const { tags: limit } = this.#limits;
    if (tags.length > limit) {
      this.#cuts.cut('tags', tags.length - limit, `the first ${limit} of a span are kept; send fewer`);
    }
    return tags.slice(0, limit).map((tag) => this.id(tag, 'long tags'));
  }

  entries<T>(entries: Readonly<Record<string, T>>, what: string): Readonly<Record<string, T | string>> {
    const keys = Object.keys(entries);
    const { metadataKeys: limit } = this.#limits;
    if (keys.length <= limit && keys.every((key) => key.length <= MAX_ID_LENGTH)) return entries;
    const kept = Object.entries<T | string>(entries).slice(0, limit);
    const leftOut = keys.length - kept.length;
    if (leftOut > 0) {
      this.#cuts.cut(what, leftOut, `the first ${limit} are kept; send fewer`);
      kept.push([CUT_MARK, `${leftOut} more ${what}`]);
    }
    return Object.fromEntries(kept.map(([key, value]) => [this.id(key, what), value]));
  }

  /** Counts above the limit on names are added up, so that totals do not change. */
  numbers(numbers: Readonly<Record<string, number>>, what: string): Readonly<Record<string, number>> {
    const names = Object.keys(numbers);
    const { usageNames: limit } = this.#limits;
    if (names.length <= limit && names.every((name) => name.length <= MAX_ID_LENGTH)) return numbers;
    const bounded = new Map<string, number>();
    let leftOut = 0;
    for (const [name, number] of Object.entries(numbers)) {
      if (name === 'total' || bounded.size < limit) {
        bounded.set(this.id(name, what), number);
        continue;
      }
      leftOut += 1;
      const part = /^(?:in|out)put(?=_|$)/.exec(name)?.[0];
      const rest = part === undefined ? 'other' : `${part}_other`;
      bounded.set(rest, Math.min((bounded.get(rest) ?? 0) + number, Number.MAX_SAFE_INTEGER));
    }
    if (leftOut > 0) this.#cuts.cut(what, leftOut, `the first ${limit} are kept and the rest is added up; send fewer`);
    return Object.fromEntries(bounded);
  }
}

/** A key whose value is the number of entries that were left out. */
const CUT_MARK = '[cut]';
