import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { formatDuration, formatOffset, plural } from '../../ui/format.js';
import { useKnownScrollRange } from '../../ui/known-scroll-range.js';
import { measureWhenLaidOut } from '../../ui/measure-when-laid-out.js';
import { ScrollArea } from '../../ui/scroll-area.js';
import { Name } from '../../ui/shown-text.js';
import { useReached } from '../state/phase.js';
import type { ReadTurn } from '../state/read-turn.js';
import { turnWords } from '../state/turn-words.js';
import { usePassed } from '../state/use-passed.js';
import { TimeAsOf } from '../work/time-as-of.js';
import { TimeBar } from '../work/time-bar.js';
import type { TurnWork } from '../work/turn-work.js';
import './turn-rail.css';

const ENTRY_PX = 76;
/** Up to this many turns all are in the page, so that the browser's own search finds every word. */
const WHOLE_UP_TO = 60;

/** The turns by their first words. It follows what is read: the current turn is marked, and kept in view. */
export function TurnRail({
  works,
  read,
  onChoose,
}: {
  readonly works: readonly TurnWork[];
  readonly read: ReadTurn;
  readonly onChoose: (work: TurnWork) => void;
}) {
  const current = useSyncExternalStore(read.subscribe, () => read.turn);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: works.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ENTRY_PX,
    measureElement: measureWhenLaidOut,
    overscan: works.length <= WHOLE_UP_TO ? works.length : 6,
    paddingStart: 4,
    paddingEnd: 16,
  });
  useKnownScrollRange(virtual);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (current >= 0) scrollToIndex(current, { align: 'auto' });
  }, [current, scrollToIndex]);
  return (
    <ScrollArea ref={scroller} className="turn-rail" label="Turns">
      <ol style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index: position, start }) => {
          const work = works[position];
          return work ? (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={position}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Entry work={work} isCurrent={position === current} onChoose={onChoose} />
            </li>
          ) : null;
        })}
      </ol>
    </ScrollArea>
  );
}

const Entry = memo(function Entry({
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
  return (
    <button
      type="button"
      className="turn-entry"
      aria-current={isCurrent || undefined}
      data-reached={reached}
      onClick={() => onChoose(work)}
    >
      <span className="turn-entry-number">{position + 1}</span>
      {reached ? <Reached work={work} /> : <span className="turn-entry-words">…</span>}
    </button>
  );
});

function Reached({ work }: { readonly work: TurnWork }) {
  const { turn } = work;
  const isOver = useReached(turn.endMs);
  const timeAsOf = useMemo(() => new TimeAsOf([work]), [work]);
  const time = timeAsOf.at(usePassed(timeAsOf.moments));
  const words = turnWords(work.turn);
  return (
    <>
      <span className="turn-entry-words">
        {words === '' ? <span className="quiet">no question</span> : <Name text={words} />}
      </span>
      <span className="turn-entry-figures">
        <span>{formatOffset(turn.startMs, 0)}</span>
        <span>{turn.running || !isOver ? 'running' : formatDuration(turn.endMs - turn.startMs)}</span>
        {isOver && turn.errors.length > 0 && <span className="turn-errors">{plural(turn.errors.length, 'error')}</span>}
      </span>
      <TimeBar time={time} />
    </>
  );
}
