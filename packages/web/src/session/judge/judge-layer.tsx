import { useMemo, useSyncExternalStore } from 'react';
import { useCommands } from '../../commands/registry.js';
import { Icon } from '../../ui/icon.js';
import { IconButton } from '../../ui/icon-button.js';
import type { ReadTurn } from '../state/read-turn.js';
import { useReplay } from '../state/replay-context.js';
import { giveThumb } from './judge-buttons.js';
import { useJudge } from './judge-context.js';
import { JudgeDialog } from './judge-dialog.js';
import type { JudgeStore } from './judge-store.js';
import { selectedPassage, useSelectedPassage } from './selected-passage.js';
import { type JudgeTarget, turnTarget } from './target.js';
import './judge.css';

/** What judging needs once on a page: its keys, tools at marked text, the dialog, and what was done last. */
export function JudgeLayer({ read, store }: { readonly read: ReadTurn; readonly store: JudgeStore }) {
  const { asked, ask } = useJudge();
  useJudgeCommands(read);
  return (
    <>
      <PassageTools />
      {asked !== null && <JudgeDialog target={asked} onClose={() => ask(null)} />}
      <LastChange store={store} />
    </>
  );
}

/** @param read the turn that is read: what is judged where nothing else is selected. */
function useJudgeCommands(read: ReadTurn): void {
  const judge = useJudge();
  const { store: replay, history } = useReplay();
  const group = useMemo(() => {
    const target = (): JudgeTarget | null => {
      const { selection } = replay.state;
      const passage = selectedPassage();
      if (passage !== null) return passage;
      if (selection !== null && selection.observationId !== null) {
        const { traceId, observationId } = selection;
        const name = history.find(traceId, observationId)?.name ?? 'this observation';
        return { kind: 'observation', traceId, observationId, name };
      }
      return turnTarget(history.document.turns, read.turn) ?? { kind: 'session' };
    };
    const onTarget = (does: (target: JudgeTarget) => unknown) => () => {
      const found = target();
      if (found === null) return false;
      return does(found);
    };
    return {
      title: 'Judge what is selected: marked text, an observation, else the turn that is read',
      commands: [
        { says: 'Judge it good', keys: ['y'], run: onTarget((on) => giveThumb(judge, on, true)) },
        { says: 'Judge it bad', keys: ['n'], run: onTarget((on) => giveThumb(judge, on, false)) },
        { says: 'Score it, or comment on it', keys: ['c'], run: onTarget(judge.ask) },
        { says: 'Score or comment on the session', keys: ['C'], run: () => judge.ask({ kind: 'session' }) },
        { says: 'Undo the last judgement', keys: ['z'], run: () => judge.store?.undo() ?? false },
      ],
    };
  }, [judge, replay, history, read]);
  useCommands(group);
}

/** Beside text that was marked: what can be done with it. */
function PassageTools() {
  const judge = useJudge();
  const marked = useSelectedPassage();
  if (marked === null) return null;
  const { target, x, y } = marked;
  return (
    <div className="passage-tools" role="toolbar" aria-label="Judge the marked text" style={{ left: x, top: y }}>
      {/* A press would take the mark away before the click. */}
      {([true, false] as const).map((isGood) => (
        <button
          key={String(isGood)}
          type="button"
          className="icon-button small"
          title={isGood ? 'Good (y)' : 'Bad (n)'}
          aria-label={isGood ? 'The marked text is good' : 'The marked text is bad'}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => void giveThumb(judge, target, isGood)}
        >
          <Icon name={isGood ? 'good' : 'bad'} size={14} />
        </button>
      ))}
      <button
        type="button"
        className="text-button"
        title="Score or comment (c)"
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => judge.ask(target)}
      >
        Comment
      </button>
    </div>
  );
}

/** What was done last, to be undone; or why it failed, to be tried again. */
function LastChange({ store }: { readonly store: JudgeStore }) {
  const { notice } = useSyncExternalStore(store.subscribe, () => store.state);
  return (
    <div className="judge-notice" role={notice?.failed ? 'alert' : 'status'} data-failed={notice?.failed}>
      {notice !== null && (
        <>
          <span>{notice.says}</span>
          <button type="button" className="text-button" onClick={() => store.undo()}>
            {notice.failed ? 'Try again' : 'Undo'}
          </button>
          <IconButton icon="close" label="Dismiss" look="small" onClick={() => store.dismiss()} />
        </>
      )}
    </div>
  );
}
