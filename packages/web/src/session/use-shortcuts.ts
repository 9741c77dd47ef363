import { useEffect } from 'react';
import { useCommands } from '../commands/registry.js';
import { openSources } from './message/open-sources.js';
import { SHORTCUTS, type ShortcutAction, shortcutFor } from './shortcuts.js';
import { stretchToFrame } from './state/frame.js';
import { useReplay } from './state/replay-context.js';
import type { ReplayStore } from './state/replay-store.js';
import type { SessionHistory } from './state/session-history.js';

/** Where a key already has a meaning of its own. */
const OWN_KEYS = 'input:not([type="range"]), select, textarea, [contenteditable="true"], dialog';
const OWN_SPACE = 'button, a, summary, [role="treeitem"], [role="tree"]';
const OWN_ARROWS = '[role="tree"], [role="tablist"]';

/** For the help alone: these keys are handled below, where they may also be held. */
const KEYS = {
  title: 'In the session',
  commands: SHORTCUTS.map(({ keys, says }) => ({ says, keys, run: () => false, isNamed: false })),
};

/** Lets the keyboard drive the session for as long as it is shown. */
export function useShortcuts(showHelp: () => void): void {
  const { store, history } = useReplay();
  useCommands(KEYS);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || belongsToTarget(event)) return;
      const action = shortcutFor(event);
      if (action === null) return;
      event.preventDefault();
      if (action.do === 'help') showHelp();
      else perform(action, store, history);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [store, history, showHelp]);
}

function perform(action: Exclude<ShortcutAction, { do: 'help' }>, store: ReplayStore, history: SessionHistory): void {
  const { skipInactivity } = store.state;
  const { durationMs } = history.document;
  switch (action.do) {
    case 'toggle':
      store.toggle();
      break;
    case 'step':
      step(action, store, history);
      break;
    case 'tenth':
      store.seek((durationMs * action.tenth) / 10);
      break;
    case 'end':
      store.seek(durationMs);
      break;
    case 'speed':
      store.changeSpeed(action.direction);
      break;
    case 'jump':
      store.jump(action.direction);
      break;
    case 'frame':
      store.requestView({ show: 'stretch', ...stretchToFrame(store.state, history) });
      break;
    case 'zoom':
      store.requestView({ show: 'zoomed', factor: action.factor });
      break;
    case 'mark':
      store.markBound(action.bound);
      break;
    case 'documents':
      openSources();
      break;
    case 'skip':
      store.setSkipInactivity(!skipInactivity);
      break;
    case 'clear':
      if (store.state.range !== null) store.setRange(null);
      else store.select(null);
      break;
  }
}

/** Moves the playhead to the next moment of a kind; to an error, by selecting it. */
function step(
  { kind, direction }: Extract<ShortcutAction, { do: 'step' }>,
  store: ReplayStore,
  history: SessionHistory,
): void {
  const timeMs = history.step(kind, store.state.playheadMs, direction);
  const error = kind === 'error' ? history.errorAt(timeMs) : undefined;
  if (error) store.select({ traceId: error.traceId, observationId: error.id }, timeMs);
  else store.seek(timeMs);
}

function belongsToTarget({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(OWN_KEYS) !== null) return true;
  if (key === ' ') return target.closest(OWN_SPACE) !== null;
  return (key.startsWith('Arrow') || key === 'Home' || key === 'End') && target.closest(OWN_ARROWS) !== null;
}
