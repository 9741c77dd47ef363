import { lazy, Suspense, useState } from 'react';
import { Notice } from '../ui/notice.js';
import { Segments } from '../ui/segments.js';
import { Conversation } from './conversation/conversation.js';
import { densityAtFirst, storeDensity } from './conversation/density.js';
import type { Density } from './conversation/items.js';
import { FindingsLine } from './findings/findings-line.js';
import { useFindings } from './findings/use-findings.js';
import type { TurnWork } from './work/turn-work.js';

// A picture that few look at first: it comes when it is asked for.
const CallGraphView = lazy(() => import('./graph/call-graph-view.js'));

const NAMES: Record<Density | 'graph', string> = { conversation: 'Conversation', steps: 'Steps', graph: 'Graph' };

/** Apart from the rest: what is found comes bit by bit, as bodies are loaded. */
function Findings({ works }: { readonly works: readonly TurnWork[] }) {
  return <FindingsLine findings={useFindings(works)} />;
}

/** The session as text: what to look at first, and the turns as a conversation or step by step; or who called whom in it. */
export function ReadingPane({
  works,
  onRead,
}: {
  readonly works: readonly TurnWork[];
  readonly onRead: (turn: number) => void;
}) {
  const [density, setDensity] = useState(() => densityAtFirst(works));
  const [isGraph, setGraph] = useState(false);
  const choose = (next: Density | 'graph'): void => {
    setGraph(next === 'graph');
    if (next === 'graph') return;
    setDensity(next);
    storeDensity(next);
  };
  return (
    <div className="pane reading">
      <div className="reading-bar">
        <Segments label="How much to show" names={NAMES} chosen={isGraph ? 'graph' : density} onChoose={choose} />
      </div>
      <Findings works={works} />
      {isGraph ? (
        <Suspense fallback={<Notice title="Drawing the graph…" />}>
          <CallGraphView />
        </Suspense>
      ) : (
        <Conversation works={works} density={density} onRead={onRead} />
      )}
    </div>
  );
}
