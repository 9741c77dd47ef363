import { memo, useMemo } from 'react';
import { formatCompact, formatCost, formatDuration } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { TypeDot } from '../../ui/type-badge.js';
import { AnnotationsOf, JudgeButtonsOf } from '../judge/judge-slots.js';
import { useReplay, useReplayState, useSelect } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { usePassed } from '../state/use-passed.js';
import { TimeAsOf } from '../work/time-as-of.js';
import { TimeBar } from '../work/time-bar.js';
import { kindsSpent } from '../work/turn-time.js';
import type { TurnWork } from '../work/turn-work.js';
import { Block } from './section.js';
import { type Worker, WorkersAsOf } from './workers.js';

const SESSION = { kind: 'session' } as const;

const isReplaying = (state: ReplayState): boolean => state.replaying;

/**
 * What the session adds up to as of the playhead, for whoever has selected nothing yet: where the time went, and what worked in it.
 */
export function SessionOverview({ works }: { readonly works: readonly TurnWork[] }) {
  const { history } = useReplay();
  const replaying = useReplayState(isReplaying);
  const timeAsOf = useMemo(() => new TimeAsOf(works), [works]);
  const workersAsOf = useMemo(() => new WorkersAsOf(history.observations), [history]);
  const time = timeAsOf.at(usePassed(timeAsOf.moments));
  const workers = workersAsOf.at(usePassed(workersAsOf.moments));
  return (
    <>
      <header className="details-head">
        <h2>{replaying ? 'This session so far' : 'This session'}</h2>
        <JudgeButtonsOf target={SESSION} />
      </header>
      <Block title="Where the time of its turns went" shown={kindsSpent(time).length > 0}>
        <TimeBar time={time} legend />
      </Block>
      <WorkerTable title="Models" workers={workers.models} />
      <WorkerTable title="Tools and searches" workers={workers.tools} />
      <AnnotationsOf target={SESSION} />
      <p className="details-hint">Choose a turn, a step or a bar to see its input and output.</p>
    </>
  );
}

function WorkerTable({ title, workers }: { readonly title: string; readonly workers: readonly Worker[] }) {
  const showCosts = workers.some(({ cost }) => cost > 0);
  const showTokens = workers.some((worker) => worker.tokens > 0);
  return (
    <Block title={title} shown={workers.length > 0}>
      <table className="workers" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Calls</th>
            {showTokens && <th scope="col">Tokens</th>}
            {showCosts && <th scope="col">Cost</th>}
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <WorkerRow
              key={`${worker.type} ${worker.name}`}
              {...worker}
              showTokens={showTokens}
              showCosts={showCosts}
            />
          ))}
        </tbody>
      </table>
    </Block>
  );
}

/** While a session plays, only the rows that change are drawn again. */
const WorkerRow = memo(function WorkerRow({
  showTokens,
  showCosts,
  ...worker
}: Worker & { readonly showTokens: boolean; readonly showCosts: boolean }) {
  const select = useSelect();
  return (
    <tr>
      <th scope="row">
        <button type="button" className="worker" title="Show the first" onClick={() => select(worker.first)}>
          <TypeDot type={worker.type} />
          <Name text={worker.name} most={80} titled />
        </button>
      </th>
      <td>
        {worker.calls}
        {worker.errors > 0 && <span className="turn-errors"> · {worker.errors} failed</span>}
      </td>
      {showTokens && <td>{formatCompact(worker.tokens)}</td>}
      {showCosts && <td>{formatCost(worker.cost)}</td>}
      <td>{formatDuration(worker.timeMs)}</td>
    </tr>
  );
});
