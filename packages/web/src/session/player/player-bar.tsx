import { useCallback } from 'react';
import { formatDuration } from '../../ui/format.js';
import { IconButton } from '../../ui/icon-button.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import { type ReplayState, SPEEDS } from '../state/replay-store.js';
import type { SessionHistory } from '../state/session-history.js';
import { useOffset } from '../state/use-offset.js';
import { Scrubber } from './scrubber.js';
import './player.css';

const isPlaying = (state: ReplayState): boolean => state.playing;
const speedOf = (state: ReplayState) => state.speed;
const skipOf = (state: ReplayState): boolean => state.skipInactivity;

export function PlayerBar() {
  const { history, store } = useReplay();
  const playing = useReplayState(isPlaying);
  const speed = useReplayState(speedOf);
  const skip = useReplayState(skipOf);
  const step = (direction: 1 | -1) => store.seek(history.step('step', store.state.playheadMs, direction));
  return (
    <div className="player">
      <div className="player-buttons">
        <IconButton icon="previous" label="Previous step" title="Previous step (←)" onClick={() => step(-1)} />
        <IconButton
          icon={playing ? 'pause' : 'play'}
          label={playing ? 'Pause' : 'Play'}
          title="Space"
          look="primary player-play"
          disabled={history.document.durationMs === 0}
          onClick={() => store.toggle()}
        />
        <IconButton icon="next" label="Next step" title="Next step (→)" onClick={() => step(1)} />
      </div>
      <PlayerTime history={history} />
      <Scrubber />
      <div className="player-options">
        <label className="player-select">
          <span className="visually-hidden">Speed</span>
          <select
            value={speed}
            onChange={(event) => {
              const chosen = SPEEDS.find((candidate) => String(candidate) === event.target.value);
              if (chosen !== undefined) store.setSpeed(chosen);
            }}
            title="Speed (< >)"
          >
            {SPEEDS.map((candidate) => (
              <option key={candidate} value={candidate}>
                {candidate}×
              </option>
            ))}
          </select>
        </label>
        <label className="player-skip">
          <input type="checkbox" checked={skip} onChange={(event) => store.setSkipInactivity(event.target.checked)} />
          Skip inactivity
        </label>
      </div>
    </div>
  );
}

/** The player's clock, and what is being skipped while a gap is. */
function PlayerTime({ history }: { readonly history: SessionHistory }) {
  const offset = useOffset();
  const now = useReplayState(useCallback((state: ReplayState) => offset(state.playheadMs), [offset]));
  const skipping = useReplayState(
    useCallback(
      (state: ReplayState) => {
        if (!state.playing || !state.skipInactivity) return null;
        const gap = history.gapAt(state.playheadMs);
        return gap ? formatDuration(gap.endMs - gap.startMs) : null;
      },
      [history],
    ),
  );
  return (
    <span className="player-time">
      <span className="player-now">{now}</span>
      <span className="player-whole"> / {offset(history.document.durationMs)}</span>
      {skipping !== null && <span className="player-skipping">skipping {skipping}</span>}
    </span>
  );
}
