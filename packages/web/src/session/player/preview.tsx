import { formatDuration, plural } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { turnWords } from '../state/turn-words.js';
import { useClock } from '../state/use-clock.js';
import { useOffset } from '../state/use-offset.js';

/** Names that a preview has room for. */
const MOST_NAMES = 3;

const isReplaying = (state: ReplayState): boolean => state.replaying;
const playheadOf = (state: ReplayState): number => (state.replaying ? state.playheadMs : Number.POSITIVE_INFINITY);

/** What the pointer on the bar would go to: when that is, in which turn, and what ran. What a replay has not come to yet is not told. */
export function Preview({ timeMs, part }: { readonly timeMs: number; readonly part: number }) {
  const { history } = useReplay();
  const clock = useClock();
  const offset = useOffset();
  const replaying = useReplayState(isReplaying);
  const isKnown = useReplayState(playheadOf) >= timeMs || !replaying;
  const position = history.turnPositionAt(timeMs);
  const turn = history.document.turns[position];
  const gap = history.gapAt(timeMs);
  const running = gap ? [] : history.runningAt(timeMs).filter(({ depth }) => depth > 0);
  const names = running.slice(-MOST_NAMES).map(({ name }) => name);
  return (
    <div
      className="scrubber-preview"
      aria-hidden="true"
      style={{ left: `clamp(120px, ${part * 100}%, calc(100% - 120px))` }}
    >
      <div className="scrubber-preview-time">
        <strong>{offset(timeMs)}</strong> {clock(timeMs)}
      </div>
      {turn && (
        <div className="scrubber-preview-turn">
          Turn {position + 1}
          {isKnown && (
            <>
              {' · '}
              <Name text={turnWords(turn)} most={80} />
            </>
          )}
        </div>
      )}
      {gap && <div>{formatDuration(gap.endMs - gap.startMs)} without activity</div>}
      {isKnown && names.length > 0 && (
        <div>
          <Name text={names.join(', ')} most={90} />
          {running.length > names.length && ` and ${plural(running.length - names.length, 'other')}`}
        </div>
      )}
    </div>
  );
}
