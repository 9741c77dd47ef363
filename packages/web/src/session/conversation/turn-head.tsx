import type { ReplayTurn } from '@powerrag/protocol';
import { useMemo } from 'react';
import { formatAbsolute, formatCost, formatDuration, formatTokens, plural } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { JudgeButtonsOf } from '../judge/judge-slots.js';
import { turnTarget } from '../judge/target.js';
import { useReached } from '../state/phase.js';
import { useReplay } from '../state/replay-context.js';
import { traceName } from '../state/trace-name.js';
import { useClock } from '../state/use-clock.js';
import { usePassed } from '../state/use-passed.js';
import { TimeAsOf } from '../work/time-as-of.js';
import { TimeBar } from '../work/time-bar.js';
import type { ConversationItem } from './items.js';

type TurnItem = Extract<ConversationItem, { kind: 'turn' }>;

/** The head of a turn, with what it came to: as of the playhead while it is replayed. */
export function TurnHead({
  item,
  reached,
  onSeek,
}: {
  readonly item: TurnItem;
  readonly reached: boolean;
  readonly onSeek: (timeMs: number) => void;
}) {
  const { history } = useReplay();
  const clock = useClock();
  const { turn, number, work } = item;
  const startedAtMs = history.document.startedAtMs + turn.startMs;
  const trace = history.trace(turn.traceId);
  const isOver = useReached(turn.endMs);
  const timeAsOf = useMemo(() => new TimeAsOf([work]), [work]);
  const time = timeAsOf.at(usePassed(timeAsOf.moments));
  return (
    <div className="turn-head" data-reached={reached}>
      <div className="turn-line">
        <h2>
          <button type="button" onClick={() => onSeek(turn.startMs)} title="Move the playhead to this turn">
            Turn {number}
          </button>
        </h2>
        <Name className="turn-trace" text={trace === undefined ? '' : traceName(trace)} titled />
        {reached && <JudgeButtonsOf target={turnTarget(history.document.turns, number - 1)} />}
        {reached && (
          <span className="turn-figures">
            {isOver ? <Totals turn={turn} /> : <span className="turn-running">running</span>}
            <time dateTime={new Date(startedAtMs).toISOString()} title={formatAbsolute(startedAtMs)}>
              {clock(turn.startMs)}
            </time>
          </span>
        )}
      </div>
      {reached && <TimeBar time={time} legend />}
    </div>
  );
}

function Totals({ turn }: { readonly turn: ReplayTurn }) {
  return (
    <>
      {turn.errors.length > 0 && <span className="turn-errors">{plural(turn.errors.length, 'error')}</span>}
      {turn.totalTokens > 0 && <span>{formatTokens(turn.totalTokens)}</span>}
      {turn.totalCost !== null && <span>{formatCost(turn.totalCost)}</span>}
      <span>{formatDuration(turn.endMs - turn.startMs)}</span>
    </>
  );
}
