import { useState } from 'react';
import { Segments } from '../ui/segments.js';
import { Conversation } from './conversation/conversation.js';
import { densityAtFirst, storeDensity } from './conversation/density.js';
import type { Density } from './conversation/items.js';
import { FindingsLine } from './findings/findings-line.js';
import { useFindings } from './findings/use-findings.js';
import type { TurnWork } from './work/turn-work.js';

const NAMES: Record<Density, string> = { conversation: 'Conversation', steps: 'Steps' };

/** The session as text: what to look at first, and the turns as a conversation or step by step. */
export function ReadingPane({
  works,
  onRead,
}: {
  readonly works: readonly TurnWork[];
  readonly onRead: (turn: number) => void;
}) {
  const [density, setDensity] = useState(() => densityAtFirst(works));
  const findings = useFindings(works);
  const choose = (next: Density): void => {
    setDensity(next);
    storeDensity(next);
  };
  return (
    <div className="pane reading">
      <div className="reading-bar">
        <Segments label="How much to show" names={NAMES} chosen={density} onChoose={choose} />
      </div>
      <FindingsLine findings={findings} />
      <Conversation works={works} density={density} onRead={onRead} />
    </div>
  );
}
