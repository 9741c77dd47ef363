import { codeOf } from '../directory/directory.js';
import { type Finding, scan, UnknownSegmentError } from '../segment/scan.js';
import { type Journal, openSegment, type RecordPosition, type Segment } from './journal.js';
import { NumberSet } from './number-set.js';

/**
 * The unacknowledged batches of an adopted journal, in order, one at a time. Rejects with errors of the file system.
 *
 * @param onDamage called for each place that cannot be read.
 * @param onUnknown called for each segment of another version, which is ignored.
 */
export async function* leftIn(
  journal: Journal,
  onDamage: () => void,
  onUnknown: () => void,
): AsyncGenerator<RecordPosition, void, undefined> {
  const found = [...journal.segments];
  const done = new NumberSet();
  for (const segment of found) for await (const sequence of acknowledgedIn(segment)) done.add(sequence);
  for (const segment of found) {
    let isKnown = true;
    const unknown = (): void => {
      isKnown = false;
      onUnknown();
    };
    for await (const finding of findingsIn(segment, unknown)) {
      if (finding.kind === 'damage') onDamage();
      if (finding.kind !== 'batch' || done.has(finding.sequence)) continue;
      segment.outstanding += 1;
      const { checksum, length, offset, sequence, spans } = finding;
      yield { segment, sequence, spans, offset, length, checksum };
    }
    if (isKnown) journal.markRead(segment);
  }
}

async function* acknowledgedIn(segment: Segment): AsyncGenerator<number> {
  for await (const finding of findingsIn(segment, () => {})) if (finding.kind === 'acks') yield* finding.sequences;
}

async function* findingsIn(segment: Segment, onUnknown: () => void): AsyncGenerator<Finding> {
  let source: Awaited<ReturnType<typeof openSegment>>;
  try {
    source = await openSegment(segment.path);
  } catch (error) {
    // Somebody has deleted the file.
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    yield* scan(source);
  } catch (error) {
    if (!(error instanceof UnknownSegmentError)) throw error;
    onUnknown();
  } finally {
    await source.close();
  }
}
