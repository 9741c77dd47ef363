import { countAtOrBelow, prefixSums } from '../state/sorted.js';
import { WORK_KINDS, type WorkKind } from './kind.js';
import { noTime, spentIn, type TurnTime } from './turn-time.js';
import type { TurnWork } from './turn-work.js';

/** Where the time of all turns went, as of any moment. A stretch counts once it is over. Every answer is a binary search. */
export class TimeAsOf {
  /** When the answer becomes another, ascending. */
  readonly moments: Float64Array;
  readonly #sums: Readonly<Record<WorkKind, Float64Array>>;

  constructor(works: readonly TurnWork[]) {
    const spent = works.flatMap(spentIn).sort((a, b) => a.endMs - b.endMs);
    const sumsOf = (kind: WorkKind) => prefixSums(spent.map((each) => (each.kind === kind ? each.lengthMs : 0)));
    this.moments = Float64Array.from(spent, ({ endMs }) => endMs);
    this.#sums = {
      ...{ model: sumsOf('model'), tool: sumsOf('tool'), retrieval: sumsOf('retrieval') },
      ...{ judge: sumsOf('judge'), own: sumsOf('own'), waiting: sumsOf('waiting') },
    };
  }

  at(timeMs: number): TurnTime {
    const passed = countAtOrBelow(this.moments, timeMs);
    const time = noTime();
    for (const kind of WORK_KINDS) time[kind] = this.#sums[kind][passed] ?? 0;
    return time;
  }
}
