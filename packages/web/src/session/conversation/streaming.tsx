import type { MessagePart, ReplayObservation } from '@powerrag/protocol';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useReducedMotion } from '../../ui/use-reduced-motion.js';
import { useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { STREAMED_STEPS, streamedSteps, wordsUpTo } from './streamed.js';

/**
 * What a call had said by the playhead, drawn by `children`; `until` as long as that is nothing, or where it is not known when it was
 * said. For who asked for reduced motion an answer comes as a whole.
 */
export function Streaming({
  call,
  parts,
  until,
  children,
}: {
  readonly call: ReplayObservation | undefined;
  readonly parts: readonly MessagePart[];
  readonly until: ReactNode;
  readonly children: (parts: readonly MessagePart[]) => ReactNode;
}) {
  const isStill = useReducedMotion();
  const steps = useReplayState(
    useCallback(({ playheadMs }: ReplayState) => (call === undefined ? null : streamedSteps(call, playheadMs)), [call]),
  );
  const isShown = steps !== null && steps > 0 && !(isStill && steps < STREAMED_STEPS);
  const shown = useMemo(() => (isShown ? wordsUpTo(parts, steps / STREAMED_STEPS) : []), [isShown, parts, steps]);
  return shown.length === 0 ? until : children(shown);
}

/** What an answer that is not there yet, or not all of it, is waiting for. */
export function Coming({
  source,
  call,
}: {
  /** What set the answer. */
  readonly source: ReplayObservation | undefined;
  /** The model call that gave it, where it is known. */
  readonly call: ReplayObservation | undefined;
}) {
  const begins = source ?? call;
  const firstTokenMs = (call ?? source)?.firstTokenMs ?? Number.POSITIVE_INFINITY;
  const phase = useReplayState(
    useCallback(
      ({ playheadMs }: ReplayState) => {
        if (!begins || playheadMs < begins.startMs) return 'later';
        return playheadMs >= firstTokenMs ? 'streaming' : 'waiting';
      },
      [begins, firstTokenMs],
    ),
  );
  const text = { later: 'not yet', waiting: 'working…', streaming: 'streaming the answer…' }[phase];
  return (
    <span className="message-coming" data-phase={phase}>
      {text}
    </span>
  );
}
