import { useCallback, useEffect, useState } from 'react';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { observationKey } from '../state/session-history.js';
import type { Step } from '../work/steps.js';
import { stepKey } from './step-items.js';

const selectionOf = (state: ReplayState) => state.selection;

/** Which steps are unfolded: those that somebody chose, and those around what is selected. */
export function useOpenSteps() {
  const { history } = useReplay();
  const selection = useReplayState(selectionOf);
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  useEffect(() => {
    if (selection?.observationId == null) return;
    const around: [string, boolean][] = [];
    let at = history.find(selection.traceId, selection.observationId);
    while (at?.parentId != null) {
      around.push([observationKey(at.traceId, at.parentId), true]);
      at = history.find(at.traceId, at.parentId);
    }
    setChosen((current) =>
      around.every(([key]) => current.get(key) === true) ? current : new Map([...current, ...around]),
    );
  }, [selection, history]);
  const isOpen = useCallback((key: string, otherwise: boolean) => chosen.get(key) ?? otherwise, [chosen]);
  const toggle = useCallback(
    (step: Step, open: boolean) => setChosen((current) => new Map([...current, [stepKey(step), open]])),
    [],
  );
  return { isOpen, toggle };
}
