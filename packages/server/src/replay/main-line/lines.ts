import { type Call, callsTools } from './call.js';

/** Calls with the same history. */
export interface Step {
  /** In order of start. More than one: retries, compared models, or a check. */
  readonly calls: Call[];
  /** The step that this one continues. */
  readonly before: Step | null;
  /** The number of steps before it. */
  readonly length: number;
}

type Draft = { -readonly [K in keyof Step]: K extends 'before' ? Draft | null : Step[K] };

/**
 * Joins calls by their histories: a call continues the call whose whole input is the start of its own input. Linear in the number
 * of messages: each is one step down a tree of prefixes, and no two histories are compared with each other. A call whose history
 * was cut continues the call whose answer it quotes. Each step comes after the one it continues.
 */
export function joinByHistory(calls: readonly Call[]): Step[] {
  const steps = joinByPrefix(calls);
  const answers = new Map<string, Draft>();
  const heads = new Heads();
  let waiting: Draft | null = null;
  for (const step of [...steps].sort((a, b) => firstStart(a) - firstStart(b))) {
    if (step.before === null) {
      // A call without a readable input continues the last call that called a tool or is similar.
      const found = hasNoInput(step) ? waiting : quotedBy(step, answers);
      if (found !== null && heads.of(found) !== step) step.before = found;
    }
    for (const { output } of step.calls) for (const { key } of output) answers.set(key, step);
    if (hasNoInput(step) || step.calls.some(({ output }) => output.some(callsTools))) waiting = step;
  }
  for (const step of steps) measure(step);
  return steps.sort((a, b) => a.length - b.length);
}

/** The first step of each line; a line must not be joined to its own end. */
class Heads {
  readonly #ahead = new Map<Draft, Draft>();

  of(step: Draft): Draft {
    const path: Draft[] = [];
    let at = step;
    for (let next = this.#ahead.get(at) ?? at.before; next !== null; next = this.#ahead.get(at) ?? at.before) {
      path.push(at);
      at = next;
    }
    // Shortens the path for the next lookup.
    for (const member of path) this.#ahead.set(member, at);
    return at;
  }
}

function joinByPrefix(calls: readonly Call[]): Draft[] {
  const steps: Draft[] = [];
  const at = new Map<Prefix, Draft>();
  const root: Prefix = new Map();
  // Shorter histories first, so that a step exists before any that continues it.
  for (const call of [...calls].sort((a, b) => a.input.length - b.input.length || byStart(a, b))) {
    let prefix = root;
    let before: Draft | null = null;
    for (const { key } of call.input) {
      before = at.get(prefix) ?? before;
      prefix = next(prefix, key);
    }
    const same = call.input.length === 0 ? undefined : at.get(prefix);
    if (same !== undefined) {
      same.calls.push(call);
      continue;
    }
    const step: Draft = { calls: [call], before, length: 0 };
    steps.push(step);
    if (call.input.length > 0) at.set(prefix, step);
  }
  return steps;
}

/** Counts the steps before a step and before each of those, visiting each once. */
function measure(step: Draft): void {
  const path: Draft[] = [];
  let at: Draft | null = step;
  while (at !== null && at.length === 0) {
    path.push(at);
    at = at.before;
  }
  let length = at?.length ?? 0;
  for (const member of path.reverse()) member.length = ++length;
}

/** The last earlier answer that the input quotes. */
function quotedBy({ calls }: Draft, answers: ReadonlyMap<string, Draft>): Draft | null {
  const quoted = calls[0]?.input.findLast(({ key }) => answers.has(key));
  return (quoted && answers.get(quoted.key)) ?? null;
}

function hasNoInput({ calls }: Draft): boolean {
  return calls[0]?.input.length === 0;
}

function firstStart({ calls }: Draft): number {
  return calls[0]?.node.observation.startMs ?? 0;
}

/** In order of start, ties by id: independent of the order of arrival. */
export function byStart({ node: { observation: a } }: Call, { node: { observation: b } }: Call): number {
  return a.startMs - b.startMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

interface Prefix extends Map<string, Prefix> {}

function next(prefix: Prefix, key: string): Prefix {
  const found = prefix.get(key);
  if (found !== undefined) return found;
  const made: Prefix = new Map();
  prefix.set(key, made);
  return made;
}
