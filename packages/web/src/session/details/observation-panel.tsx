import { lazy, Suspense } from 'react';
import { Notice } from '../../ui/notice.js';
import { ScrollArea } from '../../ui/scroll-area.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import type { TurnWork } from '../work/turn-work.js';
import { SessionOverview } from './session-overview.js';
import './details.css';

// Nothing is selected when a session opens.
const Details = lazy(() =>
  import('./observation-details.js').then(({ ObservationDetailsView }) => ({ default: ObservationDetailsView })),
);
const TraceDetails = lazy(() => import('./trace-details.js').then((part) => ({ default: part.TraceDetails })));

const selectionOf = (state: ReplayState) => state.selection;

/** Everything about what is selected: an observation with its bodies, or a trace. */
export function ObservationPanel({ works }: { readonly works: readonly TurnWork[] }) {
  const { history } = useReplay();
  const selection = useReplayState(selectionOf);
  const observation =
    selection === null || selection.observationId === null
      ? undefined
      : history.find(selection.traceId, selection.observationId);
  const trace = selection === null ? undefined : history.trace(selection.traceId);
  return (
    <section className="pane details" aria-label="Observation">
      <ScrollArea className="details-scroll" label="Details">
        {observation ? (
          <Suspense fallback={<Notice title="Loading…" />}>
            <Details key={`${observation.traceId}/${observation.id}`} observation={observation} works={works} />
          </Suspense>
        ) : trace ? (
          <Suspense fallback={<Notice title="Loading…" />}>
            <TraceDetails trace={trace} />
          </Suspense>
        ) : (
          <SessionOverview works={works} />
        )}
      </ScrollArea>
    </section>
  );
}
