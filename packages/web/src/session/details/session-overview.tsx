import { useMemo } from 'react';
import { formatCompact, formatCost, formatDuration } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { TypeDot } from '../../ui/type-badge.js';
import { AnnotationsOf, JudgeButtonsOf } from '../judge/judge-slots.js';
import { useReplay, useReplayState, useSelect } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { WORK_KINDS } from '../work/kind.js';
import { TimeBar } from '../work/time-bar.js';
import { turnTime } from '../work/turn-time.js';
import type { TurnWork } from '../work/turn-work.js';
import { Block } from './section.js';
import { type Workers, workersOf } from './workers.js';

const SESSION = { kind: 'session' } as const;

const isReplaying = (state: ReplayState): boolean => state.replaying;

/** What the session adds up to, for whoever has selected nothing yet: where the time went, and what worked in it. */
export function SessionOverview({ works }: { readonly works: readonly TurnWork[] }) {
  const { history } = useReplay();
  const replaying = useReplayState(isReplaying);
  const time = useMemo(() => {
    const times = works.map(turnTime);
    const sums = WORK_KINDS.map((kind) => [kind, times.reduce((sum, entry) => sum + entry[kind], 0)]);
    return Object.fromEntries(sums) as ReturnType<typeof turnTime>;
  }, [works]);
  const workers = useMemo(() => workersOf(history.observations), [history]);
  return (
    <>
      <header className="details-head">
        <h2>{replaying ? 'This session, as a whole' : 'This session'}</h2>
        <JudgeButtonsOf target={SESSION} />
      </header>
      <Block title="Where the time of its turns went" shown={works.length > 0}>
        <TimeBar time={time} legend />
      </Block>
      <WorkerTable title="Models" workers={workers.models} />
      <WorkerTable title="Tools and searches" workers={workers.tools} />
      <AnnotationsOf target={SESSION} />
      <p className="details-hint">Choose a turn, a step or a bar to see its input and output.</p>
    </>
  );
}

function WorkerTable({ title, workers }: { readonly title: string; readonly workers: Workers['models'] }) {
  const select = useSelect();
  const costs = workers.some(({ cost }) => cost > 0);
  const tokens = workers.some((worker) => worker.tokens > 0);
  return (
    <Block title={title} shown={workers.length > 0}>
      <table className="workers" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Calls</th>
            {tokens && <th scope="col">Tokens</th>}
            {costs && <th scope="col">Cost</th>}
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <tr key={worker.name}>
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
              {tokens && <td>{formatCompact(worker.tokens)}</td>}
              {costs && <td>{formatCost(worker.cost)}</td>}
              <td>{formatDuration(worker.timeMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}
