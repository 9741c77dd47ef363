import { useCallback, useMemo } from 'react';
import { formatDuration, plural } from '../../ui/format.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { type CallFigures, CallTotals } from './call-figures.js';
import type { CallKind, CallNode } from './call-graph.js';

const KIND_NAMES: Partial<Readonly<Record<CallKind, string>>> = { generation: 'model', retriever: 'search' };

export function kindName(kind: CallKind): string {
  return KIND_NAMES[kind] ?? kind;
}

/** One node of the graph: what it is, and what its calls come to as of the playhead. */
export function CallNodeButton({
  node,
  chosen,
  onChoose,
}: {
  readonly node: CallNode;
  /** Which of its calls is selected, from 1; 0 where something below it is; null for none. */
  readonly chosen: number | null;
  readonly onChoose: (node: CallNode) => void;
}) {
  const figures = useFigures(node.calls);
  const isReached = figures.calls > 0;
  const name = isReached ? node.name : '…';
  return (
    <button
      type="button"
      className="call-node"
      data-kind={node.kind}
      data-reached={isReached}
      data-failed={figures.errors > 0 || undefined}
      aria-pressed={chosen !== null}
      title={
        isReached ? `${titleText(node.name)}: show ${chosen === null ? 'its first call' : 'the next call'}` : undefined
      }
      onClick={() => onChoose(node)}
    >
      <span className="call-node-head">
        <span className="call-node-kind">{kindName(node.kind)}</span>
        {isReached && figures.errors > 0 && <span className="call-node-errors">{plural(figures.errors, 'error')}</span>}
        {chosen !== null && chosen > 0 && (
          <span className="call-node-chosen">
            {chosen} of {node.calls.length}
          </span>
        )}
      </span>
      <Name className="call-node-name" text={name} />
      {!isReached && <span className="visually-hidden">not called yet</span>}
      {isReached && (
        <span className="call-node-figures">
          <span>{plural(figures.calls, 'call')}</span>
          <span>{formatDuration(figures.timeMs)}</span>
        </span>
      )}
    </button>
  );
}

/** What calls come to as of the playhead; as a whole where the session is read and not replayed. */
export function useFigures(calls: CallNode['calls']): CallFigures {
  const totals = useMemo(() => new CallTotals(calls), [calls]);
  // One string, so that nothing is drawn again before a figure changes.
  const text = useReplayState(
    useCallback(
      ({ replaying, playheadMs }: ReplayState) => {
        const figures = totals.asOf(replaying ? playheadMs : Number.POSITIVE_INFINITY);
        return `${figures.calls} ${figures.timeMs} ${figures.errors}`;
      },
      [totals],
    ),
  );
  const [count = 0, timeMs = 0, errors = 0] = text.split(' ').map(Number);
  return { calls: count, timeMs, errors };
}
