import type { ReplayObservation, ReplayTrace } from '@powerrag/protocol';
import { memo, useCallback } from 'react';
import { formatDuration, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { TypeDot } from '../../ui/type-badge.js';
import { lengthWords } from '../state/length-words.js';
import { isTold, phaseIn } from '../state/phase.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { isError, type SessionHistory } from '../state/session-history.js';
import { traceName } from '../state/trace-name.js';
import { useOffset } from '../state/use-offset.js';
import type { TreeRow } from './rows.js';

const INDENT = 14;
const DEEPEST_INDENT = 10;

export const TreeItem = memo(function TreeItem({
  id,
  row,
  top,
  selected,
  open,
  onSelect,
  onToggle,
}: {
  readonly id: string;
  readonly row: TreeRow;
  readonly top: number;
  readonly selected: boolean;
  readonly open: boolean;
  readonly onSelect: (row: TreeRow) => void;
  readonly onToggle: (key: string) => void;
}) {
  const { history } = useReplay();
  const offset = useOffset();
  const { trace, observation } = row;
  const span = observation ?? trace;
  const phase = useReplayState(useCallback((state: ReplayState) => phaseIn(state, span), [span]));
  const isRunning = observation ? observation.endMs === null : history.isRunning(trace.id);
  const isCome = phase !== 'upcoming';
  const told = isTold(phase, { endMs: isRunning ? null : span.endMs });
  const failed = observation !== null && told && isError(observation);
  return (
    // The tree itself has the focus and the keys; its items are reached through aria-activedescendant.
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus
    <div
      id={id}
      role="treeitem"
      className="tree-item"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.setSize}
      aria-selected={selected}
      aria-expanded={row.childCount > 0 ? open : undefined}
      data-kind={observation ? 'observation' : 'trace'}
      data-phase={phase}
      data-failed={failed || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(row)}
    >
      <span className="tree-name" style={{ paddingLeft: Math.min(row.level - 1, DEEPEST_INDENT) * INDENT }}>
        <span
          className="tree-toggle"
          data-open={open}
          data-leaf={row.childCount === 0 || undefined}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row.key);
          }}
          aria-hidden="true"
        >
          <Icon name="chevron" size={11} />
        </span>
        {observation ? <TypeDot type={observation.type} failed={failed} /> : null}
        <Name className="tree-label" text={isCome ? (observation?.name ?? traceName(trace)) : '…'} titled />
        <span className="visually-hidden">{isCome ? describe(row, failed, offset) : ', not yet'}</span>
        {isCome && observation && <Doubt observation={observation} />}
        {!observation && told && trace.errorCount > 0 && (
          <span className="chip" data-tone="danger">
            {trace.errorCount}
          </span>
        )}
      </span>
      <span className="tree-bar">
        {observation && told && <Bar trace={trace} observation={observation} />}
        {isCome && <span className="tree-duration">{told ? lengthOf(row, history) : 'running'}</span>}
      </span>
    </div>
  );
});

/** Where an observation cannot stand where it should, or when it should, why. */
function Doubt({ observation }: { readonly observation: ReplayObservation }) {
  const { history } = useReplay();
  const isOrphan = history.isOrphan(observation);
  if (!isOrphan && !observation.skewed) return null;
  return (
    <span className="tree-mark" title={isOrphan ? 'Its parent never arrived' : 'The clocks of two services disagree'}>
      {isOrphan ? 'orphan' : 'skewed'}
    </span>
  );
}

/** When an observation ran within its trace, and when the first token of its answer came. */
function Bar({ trace, observation }: { readonly trace: ReplayTrace; readonly observation: ReplayObservation }) {
  const lengthMs = Math.max(trace.endMs - trace.startMs, 0.001);
  const part = (timeMs: number): number => Math.min(1, Math.max(0, (timeMs - trace.startMs) / lengthMs));
  const start = part(observation.startMs);
  const end = part(observation.endMs ?? trace.endMs);
  const first = observation.firstTokenMs === null ? null : part(observation.firstTokenMs);
  return (
    <span className="tree-track">
      <span
        className="tree-fill"
        data-type={observation.type}
        style={{ left: `${start * 100}%`, width: `${(end - start) * 100}%` }}
      />
      {first !== null && <span className="tree-first-token" style={{ left: `${first * 100}%` }} />}
    </span>
  );
}

function lengthOf({ trace, observation }: TreeRow, history: SessionHistory): string {
  if (observation !== null) return lengthWords(observation, history);
  return history.isRunning(trace.id) ? 'running' : formatDuration(trace.endMs - trace.startMs);
}

/** What the row says by colour and place, in words. */
function describe({ trace, observation }: TreeRow, failed: boolean, offset: (timeMs: number) => string): string {
  if (!observation) return `, trace of ${plural(trace.observationCount, 'observation')}, `;
  return `, ${observation.type}${failed ? ', failed' : ''}, from ${offset(observation.startMs)}, `;
}
