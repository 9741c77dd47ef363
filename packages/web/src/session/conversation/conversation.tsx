import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef } from 'react';
import { formatCount } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { useKnownScrollRange } from '../../ui/known-scroll-range.js';
import { measureWhenLaidOut } from '../../ui/measure-when-laid-out.js';
import { Notice } from '../../ui/notice.js';
import { ScrollArea } from '../../ui/scroll-area.js';
import { useReached } from '../state/phase.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import type { Step } from '../work/steps.js';
import type { TurnWork } from '../work/turn-work.js';
import { ErrorRow } from './error-row.js';
import { type ConversationItem, conversationItems, type Density } from './items.js';
import { MessageRow } from './message-row.js';
import { NotesRow } from './notes-row.js';
import { positionOfSelection, RowTimes, turnAt, turnHeads } from './place.js';
import { StepRow } from './step-row.js';
import { StepsRow } from './steps-row.js';
import { TurnHead } from './turn-head.js';
import { type ScrollTo, useFollow, useStartAt } from './use-follow.js';
import { useNewRows } from './use-new-rows.js';
import { useOpenSteps } from './use-open-steps.js';
import './conversation.css';

const ESTIMATED_HEIGHT: Record<ConversationItem['kind'], number> = {
  turn: 76,
  notes: 28,
  message: 140,
  steps: 40,
  error: 64,
  step: 110,
};

/** Up to this many rows all are in the page, so that the browser's own search finds every word. */
const WHOLE_UP_TO = 200;

/** The turn at this many pixels below the upper edge is the one that is read. */
const READ_FROM = 64;

/** Rows this far from those in view are reached by a short scroll, which costs little. */
const NEAR_ROWS = 12;

const selectionOf = (state: ReplayState) => state.selection;

/**
 * The session as people read it, as a conversation or step by step. It follows the selection, and the playhead while the session is
 * replayed; what the playhead has not reached then is still to come.
 */
export function Conversation({
  works,
  density,
  onRead,
}: {
  readonly works: readonly TurnWork[];
  readonly density: Density;
  /** Is told the position of the turn at the top of what is seen, whenever it is another. */
  readonly onRead: (turn: number) => void;
}) {
  const { history, store } = useReplay();
  const { isOpen, toggle } = useOpenSteps();
  const items = useMemo(() => conversationItems(history, works, density, isOpen), [history, works, density, isOpen]);
  const scroller = useRef<HTMLDivElement>(null);
  // The same as long as the rows are: for another, the place of each row is worked out anew.
  const keyAt = useCallback((position: number) => items[position]?.key ?? position, [items]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (position) => ESTIMATED_HEIGHT[items[position]?.kind ?? 'message'],
    getItemKey: keyAt,
    measureElement: measureWhenLaidOut,
    overscan: density === 'conversation' && items.length <= WHOLE_UP_TO ? items.length : 6,
    paddingStart: 4,
    paddingEnd: 32,
    scrollPaddingStart: 48,
  });
  useKnownScrollRange(virtual);
  const latest = useRef(virtual);
  useEffect(() => {
    latest.current = virtual;
  });
  const scrollTo = useCallback<ScrollTo>(
    (position, align) => {
      const { measurementsCache, scrollOffset, scrollRect, scrollToIndex } = latest.current;
      const row = measurementsCache[position];
      const from = scrollOffset ?? 0;
      const isTurn = items[position]?.kind === 'turn';
      // By what is known of the rows: asking the browser where they are would have it lay out the page in between.
      if (!isTurn && row && scrollRect && row.start >= from && row.end <= from + scrollRect.height) return;
      scrollToIndex(position, { align });
    },
    [items],
  );
  const isNear = useCallback((position: number): boolean => {
    const range = latest.current.range;
    return range !== null && position >= range.startIndex - NEAR_ROWS && position <= range.endIndex + NEAR_ROWS;
  }, []);
  const seek = useCallback((timeMs: number) => store.seek(timeMs), [store]);
  const rowTimes = useMemo(() => new RowTimes(items), [items]);
  const current = useReplayState(useCallback((state: ReplayState) => rowTimes.at(state.playheadMs), [rowTimes]));
  useFollow({ items, current, scrollTo, isNear });
  useStartAt(items, rowTimes, scrollTo);
  const fresh = useNewRows(items.length, virtual);
  const selection = useReplayState(selectionOf);
  const chosen = useMemo(
    () => (selection?.observationId === null ? positionOfSelection(items, selection, history) : -1),
    [items, selection, history],
  );
  const firstSeen = virtual.getVirtualItemForOffset((virtual.scrollOffset ?? 0) + READ_FROM)?.index ?? 0;
  const isChosenSeen = chosen >= firstSeen && chosen <= (virtual.range?.endIndex ?? -1);
  const heads = useMemo(() => turnHeads(items), [items]);
  const read = turnAt(heads, isChosenSeen ? chosen : firstSeen);
  useEffect(() => onRead(read), [read, onRead]);
  return (
    <section className="conversation" aria-label="Conversation">
      {items.length === 0 && (
        <Notice title="No message in this session">
          <p>Nothing it recorded reads as a conversation. The trace tree shows all that ran.</p>
        </Notice>
      )}
      <ScrollArea ref={scroller} className="conversation-scroll" label="Messages">
        <div className="conversation-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index: position, start }) => {
            const item = items[position];
            return item ? (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={position}
                className="conversation-row"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Row item={item} current={position === current} onSeek={seek} onToggle={toggle} />
              </div>
            ) : null;
          })}
        </div>
      </ScrollArea>
      <div role="status" className="conversation-status">
        {fresh.count > 0 && (
          <button type="button" className="button conversation-new" onClick={fresh.show}>
            {formatCount(fresh.count)} new
            <Icon name="down" size={12} />
          </button>
        )}
      </div>
    </section>
  );
}

/** Drawn again only when its own item changes: the list is drawn again with every step that it scrolls. */
const Row = memo(function Row({
  item,
  current,
  onSeek,
  onToggle,
}: {
  readonly item: ConversationItem;
  readonly current: boolean;
  readonly onSeek: (timeMs: number) => void;
  readonly onToggle: (step: Step, isOpen: boolean) => void;
}) {
  const reached = useReached(item.atMs);
  switch (item.kind) {
    case 'turn':
      return <TurnHead item={item} reached={reached} onSeek={onSeek} />;
    case 'notes':
      return <NotesRow item={item} reached={reached} />;
    case 'message':
      return <MessageRow item={item} reached={reached} current={current} onSeek={onSeek} />;
    case 'steps':
      return <StepsRow item={item} reached={reached} />;
    case 'step':
      return <StepRow item={item} current={current} onToggle={onToggle} />;
    case 'error':
      return <ErrorRow item={item} reached={reached} />;
  }
});
