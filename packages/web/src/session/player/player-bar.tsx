import { useCallback } from 'react';
import { formatDuration, formatOffset } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import type { DocumentIndex } from '../document/document-index.js';
import { useReplay, useReplayState } from './replay-context.js';
import { type ReplayState, SPEEDS } from './replay-store.js';
import { Scrubber } from './scrubber.js';
import './player.css';

const isPlaying = (state: ReplayState): boolean => state.playing;
const speedOf = (state: ReplayState) => state.speed;
const skipOf = (state: ReplayState): boolean => state.skipInactivity;

export function PlayerBar({
  zoomed,
  onZoom,
  onFit,
}: {
  readonly zoomed: boolean;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
}) {
  const { index, store } = useReplay();
  const playing = useReplayState(isPlaying);
  const speed = useReplayState(speedOf);
  const skip = useReplayState(skipOf);
  const step = (direction: 1 | -1) => store.seek(index.step('step', store.state.playheadMs, direction));
  return (
    <div className="player">
      <div className="player-buttons">
        <button type="button" className="icon-button" onClick={() => step(-1)} title="Previous step (←)">
          <Icon name="previous" />
          <span className="visually-hidden">Previous step</span>
        </button>
        <button
          type="button"
          className="icon-button primary player-play"
          onClick={() => store.toggle()}
          disabled={index.document.durationMs === 0}
          title="Space"
        >
          <Icon name={playing ? 'pause' : 'play'} />
          <span className="visually-hidden">{playing ? 'Pause' : 'Play'}</span>
        </button>
        <button type="button" className="icon-button" onClick={() => step(1)} title="Next step (→)">
          <Icon name="next" />
          <span className="visually-hidden">Next step</span>
        </button>
      </div>
      <PlayerTime index={index} />
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
        <div className="player-zoom">
          <button
            type="button"
            className="icon-button small"
            onClick={() => onZoom(0.5)}
            disabled={!zoomed}
            title="Zoom out"
          >
            <Icon name="minus" size={14} />
            <span className="visually-hidden">Zoom out</span>
          </button>
          <button
            type="button"
            className="icon-button small"
            onClick={() => onZoom(2)}
            title="Zoom in (Ctrl and wheel)"
          >
            <Icon name="plus" size={14} />
            <span className="visually-hidden">Zoom in</span>
          </button>
          <button
            type="button"
            className="icon-button small"
            onClick={onFit}
            disabled={!zoomed}
            title="Show the whole session"
          >
            <Icon name="fit" size={14} />
            <span className="visually-hidden">Show the whole session</span>
          </button>
        </div>
      </div>
    </div>
  );
}

/** The player's clock, and what is being skipped while a gap is. */
function PlayerTime({ index }: { readonly index: DocumentIndex }) {
  const offset = useReplayState(useCallback((state: ReplayState) => formatOffset(state.playheadMs), []));
  const skipping = useReplayState(
    useCallback(
      (state: ReplayState) => {
        if (!state.playing || !state.skipInactivity) return null;
        const gap = index.document.gaps.find(
          ({ startMs, endMs }) => startMs < state.playheadMs && state.playheadMs < endMs,
        );
        return gap ? formatDuration(gap.endMs - gap.startMs) : null;
      },
      [index],
    ),
  );
  return (
    <span className="player-time">
      <span className="player-now">{offset}</span>
      <span className="player-whole"> / {formatOffset(index.document.durationMs)}</span>
      {skipping !== null && <span className="player-skipping">skipping {skipping}</span>}
    </span>
  );
}
