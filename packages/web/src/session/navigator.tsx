import { useCallback, useState } from 'react';
import { Segments } from '../ui/segments.js';
import { TurnRail } from './rail/turn-rail.js';
import type { ReadTurn } from './state/read-turn.js';
import { useSelect } from './state/replay-context.js';
import { TraceTree } from './tree/trace-tree.js';
import type { TurnWork } from './work/turn-work.js';

const NAMES = { turns: 'Turns', tree: 'Trace tree' } as const;

type View = keyof typeof NAMES;

/** The way around a session: its turns, or its traces as a tree. A session of one turn has only the tree. */
export function Navigator({ works, read }: { readonly works: readonly TurnWork[]; readonly read: ReadTurn }) {
  const select = useSelect();
  const [view, setView] = useState<View>('turns');
  const hasTurns = works.length > 1;
  const choose = useCallback(
    ({ turn }: TurnWork) => select({ traceId: turn.traceId, observationId: null }, turn.startMs),
    [select],
  );
  return (
    <div className="pane navigator">
      {hasTurns && <Segments label="Way around" names={NAMES} chosen={view} onChoose={setView} />}
      {hasTurns && view === 'turns' ? <TurnRail works={works} read={read} onChoose={choose} /> : <TraceTree />}
    </div>
  );
}
