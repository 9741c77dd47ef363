import { describeAnnotations } from './annotations.suite.js';
import type { Store } from './contract.js';
import { describeStore } from './contract.suite.js';
import { describeFilters } from './filters.suite.js';
import { describeLogEvents } from './log-events.suite.js';
import { describeMedia } from './media.suite.js';
import { describePieces } from './pieces.suite.js';
import type { Retention } from './retention.js';
import { describeRetention } from './retention.suite.js';
import { describeRevisions } from './revisions.suite.js';
import { describeSpend } from './spend.suite.js';

/**
 * Tests all of the contract but names and search, which need what makes them (`describeDigests`). Every store calls it, so that
 * none is tested with less than another.
 *
 * @param open a new, empty store.
 * @param runs of each property; absent for as many as each sets.
 */
export function describeWholeContract(name: string, open: () => Promise<Store & Retention>, runs?: number): void {
  describeStore(name, open, runs);
  describeSpend(name, open, runs);
  describeFilters(name, open, runs);
  describePieces(name, open, runs);
  describeLogEvents(name, open);
  describeAnnotations(name, open, runs);
  describeMedia(name, open);
  describeRetention(name, open, runs);
  describeRevisions(name, open);
}
