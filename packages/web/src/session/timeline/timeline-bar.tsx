import { useMemo } from 'react';
import { formatCost, formatDuration, formatTokens, plural } from '../../ui/format.js';
import { IconButton } from '../../ui/icon-button.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import type { SessionHistory } from '../state/session-history.js';
import type { Stretch } from '../state/time-scale.js';
import { WORK_NAMES, type WorkKind, workKind } from '../work/kind.js';
import type { TimelineView } from './use-view.js';

const rangeOf = (state: ReplayState) => state.range;
const KINDS: readonly WorkKind[] = ['model', 'tool', 'retrieval', 'judge', 'own'];

/** What the colours mean, the totals of the marked stretch, and the zoom. */
export function TimelineBar({
  view,
  isHidden,
  onHide,
}: {
  readonly view: TimelineView;
  readonly isHidden: boolean;
  readonly onHide: () => void;
}) {
  const { store, clocks } = useReplay();
  const range = useReplayState(rangeOf);
  const zoomed = view.viewport.zoom > 1;
  return (
    <div className="timeline-bar">
      {range ? <RangeTotals range={range} /> : isHidden ? <span /> : <Legend />}
      <div className="timeline-zoom">
        {clocks && (
          <button
            type="button"
            className="text-button"
            aria-pressed={clocks.areAligned}
            onClick={clocks.toggle}
            title="Clocks of its services disagree: calls are moved into their callers, or shown at the times that were sent"
          >
            {clocks.areAligned ? 'Clocks aligned' : 'Times as sent'}
          </button>
        )}
        {range && !isHidden && (
          <button
            type="button"
            className="text-button"
            onClick={() => store.requestView({ show: 'stretch', ...range })}
            title="Fill the timeline with it (f)"
          >
            Zoom to it
          </button>
        )}
        {range && <IconButton icon="close" label="Clear the mark" look="small" onClick={() => store.setRange(null)} />}
        {!isHidden && (
          <>
            <IconButton icon="minus" label="Zoom out" look="small" disabled={!zoomed} onClick={() => view.zoom(0.5)} />
            <IconButton
              icon="plus"
              label="Zoom in"
              title="Zoom in (+, or the wheel)"
              look="small"
              onClick={() => view.zoom(2)}
            />
            <IconButton icon="fit" label="Show the whole session" look="small" disabled={!zoomed} onClick={view.fit} />
          </>
        )}
        <button type="button" className="text-button" aria-expanded={!isHidden} onClick={onHide}>
          {isHidden ? 'Show timeline' : 'Hide'}
        </button>
      </div>
    </div>
  );
}

/** The kinds of work that this session has, and failures where there are some. */
function Legend() {
  const { history } = useReplay();
  const present = useMemo(() => new Set(history.observations.map(workKind)), [history]);
  return (
    <ul className="timeline-legend" aria-label="Colours of the timeline">
      {KINDS.filter((kind) => present.has(kind)).map((kind) => (
        <li key={kind} data-kind={kind}>
          {WORK_NAMES[kind]}
        </li>
      ))}
      <li data-kind="failed">Failed</li>
    </ul>
  );
}

function RangeTotals({ range }: { readonly range: Stretch }) {
  const { history } = useReplay();
  const totals = useMemo(() => totalsOf(history, range), [history, range]);
  return (
    <p className="timeline-range" role="status">
      <strong>{formatDuration(range.endMs - range.startMs)}</strong>
      <span>{plural(totals.observations, 'observation')}</span>
      <span>{formatTokens(totals.tokens)}</span>
      {totals.cost !== null && <span>{formatCost(totals.cost)}</span>}
      <span data-danger={totals.errors > 0 || undefined}>{plural(totals.errors, 'error')}</span>
    </p>
  );
}

interface Totals {
  /** That ran in it, in part or as a whole. */
  readonly observations: number;
  /** Of what ended in it: before, nobody knew them. */
  readonly tokens: number;
  readonly cost: number | null;
  readonly errors: number;
}

function totalsOf(history: SessionHistory, { startMs, endMs }: Stretch): Totals {
  const from = history.asOf(startMs - 1e-6);
  const to = history.asOf(endMs);
  return {
    observations: to.startedCount - from.endedCount,
    tokens: to.totalTokens - from.totalTokens,
    cost: to.totalCost === null ? null : Math.max(0, to.totalCost - (from.totalCost ?? 0)),
    errors: to.errorCount - from.errorCount,
  };
}
