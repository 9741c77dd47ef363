import { useEffect, useMemo, useRef } from 'react';
import { formatDuration, formatOffset, plural } from '../../ui/format.js';
import { ScrollArea } from '../../ui/scroll-area.js';
import { Name } from '../../ui/shown-text.js';
import { useReached } from '../state/phase.js';
import { TimeBar } from '../work/time-bar.js';
import { turnTime } from '../work/turn-time.js';
import type { TurnWork } from '../work/turn-work.js';
import './turn-rail.css';

/** How much of a question the rail shows. */
const WORDS = 160;

/** The turns by their first words. It follows what is read: the current turn is marked, and kept in view. */
export function TurnRail({
  works,
  current,
  onChoose,
}: {
  readonly works: readonly TurnWork[];
  /** Position of the turn that is read; -1 for none. */
  readonly current: number;
  readonly onChoose: (work: TurnWork) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const area = list.current;
    const entry = area?.querySelector<HTMLElement>('[aria-current="true"]');
    if (!area || !entry) return;
    const [top, bottom] = [entry.offsetTop, entry.offsetTop + entry.offsetHeight];
    if (current >= 0 && top < area.scrollTop) area.scrollTop = top - 8;
    else if (bottom > area.scrollTop + area.clientHeight) area.scrollTop = bottom - area.clientHeight + 8;
  }, [current]);
  return (
    <ScrollArea ref={list} className="turn-rail" label="Turns">
      <ol>
        {works.map((work) => (
          <li key={work.position}>
            <Entry work={work} isCurrent={work.position === current} onChoose={onChoose} />
          </li>
        ))}
      </ol>
    </ScrollArea>
  );
}

function Entry({
  work,
  isCurrent,
  onChoose,
}: {
  readonly work: TurnWork;
  readonly isCurrent: boolean;
  readonly onChoose: (work: TurnWork) => void;
}) {
  const { turn, position } = work;
  const reached = useReached(turn.startMs);
  const time = useMemo(() => turnTime(work), [work]);
  const words = firstWords(work);
  return (
    <button
      type="button"
      className="turn-entry"
      aria-current={isCurrent || undefined}
      data-reached={reached}
      onClick={() => onChoose(work)}
    >
      <span className="turn-entry-number">{position + 1}</span>
      <span className="turn-entry-words">
        {reached ? words === '' ? <span className="quiet">no question</span> : <Name text={words} /> : '…'}
      </span>
      <span className="turn-entry-figures">
        <span>{formatOffset(turn.startMs, 0)}</span>
        {reached && <span>{turn.running ? 'running' : formatDuration(turn.endMs - turn.startMs)}</span>}
        {reached && turn.errors.length > 0 && (
          <span className="turn-errors">{plural(turn.errors.length, 'error')}</span>
        )}
      </span>
      {reached && <TimeBar time={time} />}
    </button>
  );
}

function firstWords({ turn }: TurnWork): string {
  const asked = turn.messages.find(({ role }) => role === 'user') ?? turn.messages[0];
  const text = asked?.parts.find((part) => part.type === 'text')?.text ?? '';
  return text.slice(0, WORDS).replaceAll(/\s+/g, ' ').trim();
}
