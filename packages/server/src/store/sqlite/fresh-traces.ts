import type { Observation } from '../../observation/observation.js';
import type { TraceState } from './trace-state.js';

/** Characters of the traces that are remembered: about a second of ingest at full speed. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** What an observation takes beside its texts, in characters. */
const OWN_WEIGHT = 1_024;

interface FreshTrace {
  readonly observations: Observation[];
  weight: number;
}

/**
 * Traces that were stored a moment ago and are not digested yet, as they came: so that a digest, which is due a second after the last
 * span, need not read them back. Only traces of which this has every observation, as stored. What it has no room for is read from
 * the file.
 */
export class FreshTraces {
  readonly #maxCharacters: number;
  readonly #traces = new Map<number, FreshTrace>();
  #characters = 0;

  /** @param maxCharacters the sum of the weights of what is remembered. Default 8 Mi. */
  constructor(maxCharacters = MAX_CHARACTERS) {
    this.#maxCharacters = maxCharacters;
  }

  /** A transaction that added to this trace is committed. */
  committed({ key, before, added, addedWeight, hasReplaced }: TraceState): void {
    if (added.length === 0 && !hasReplaced) return;
    const known = this.#traces.get(key);
    const isWhole = !hasReplaced && (before === null || known !== undefined);
    const more = addedWeight + added.length * OWN_WEIGHT;
    if (!isWhole || this.#characters + more > this.#maxCharacters) {
      this.forget(key);
      return;
    }
    this.#characters += more;
    if (known === undefined) this.#traces.set(key, { observations: added, weight: more });
    else {
      known.observations.push(...added);
      known.weight += more;
    }
  }

  /** Every observation of the trace, in no order; undefined when they have to be read from the file. */
  get(key: number): readonly Observation[] | undefined {
    return this.#traces.get(key)?.observations;
  }

  /** The trace is digested, or gone. */
  forget(key: number): void {
    this.#characters -= this.#traces.get(key)?.weight ?? 0;
    this.#traces.delete(key);
  }
}
