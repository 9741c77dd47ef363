import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Notice } from '../../ui/notice.js';
import { ScrollArea } from '../../ui/scroll-area.js';
import { useReached } from '../state/phase.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { observationKey } from '../state/session-history.js';
import type { Step } from '../work/steps.js';
import type { TurnWork } from '../work/turn-work.js';
import { ErrorRow } from './error-row.js';
import { type ConversationItem, conversationItems, type Density } from './items.js';
import { MessageRow } from './message-row.js';
import { NotesRow } from './notes-row.js';
import { positionOfSelection, positionsOfMessages, turnAt } from './place.js';
import { stepKey } from './step-items.js';
import { StepRow } from './step-row.js';
import { StepsRow } from './steps-row.js';
import { TurnHead } from './turn-head.js';
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

const selectionOf = (state: ReplayState) => state.selection;
const isReplaying = (state: ReplayState): boolean => state.replaying;

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
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (position) => ESTIMATED_HEIGHT[items[position]?.kind ?? 'message'],
    getItemKey: (position) => items[position]?.key ?? position,
    overscan: density === 'conversation' && items.length <= WHOLE_UP_TO ? items.length : 6,
    paddingStart: 4,
    paddingEnd: 32,
    scrollPaddingStart: 48,
  });
  const { scrollToIndex } = virtual;
  const scrollTo = useCallback<ScrollTo>(
    (position, align) => {
      const area = scroller.current;
      const row = area?.querySelector(`[data-index="${position}"]`)?.getBoundingClientRect();
      const seen = area?.getBoundingClientRect();
      if (row && seen && row.top >= seen.top && row.bottom <= seen.bottom) return;
      scrollToIndex(position, { align });
    },
    [scrollToIndex],
  );
  const messagePositions = useMemo(() => positionsOfMessages(items), [items]);
  const current = useReplayState(
    useCallback(
      (state: ReplayState) => {
        const message = history.currentMessage(state.playheadMs);
        return message === undefined ? -1 : (messagePositions.get(message) ?? -1);
      },
      [messagePositions, history],
    ),
  );
  useFollow(items, current, scrollTo);
  useStartAt(items, messagePositions, scrollTo);
  const firstSeen = virtual.getVirtualItemForOffset((virtual.scrollOffset ?? 0) + 40)?.index ?? 0;
  const read = useMemo(() => turnAt(items, firstSeen), [items, firstSeen]);
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
                <Row
                  item={item}
                  current={position === current}
                  onSeek={(timeMs) => store.seek(timeMs)}
                  onToggle={toggle}
                />
              </div>
            ) : null;
          })}
        </div>
      </ScrollArea>
    </section>
  );
}

function Row({
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
      return <StepRow item={item} onToggle={onToggle} />;
    case 'error':
      return <ErrorRow item={item} reached={reached} />;
  }
}

/** Which steps are unfolded: those that somebody chose, and those around what is selected. */
function useOpenSteps() {
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

/** Brings a row into view, if it is not. At the start, it stays in place while the rows above it take their height. */
type ScrollTo = (position: number, align: 'start' | 'center') => void;

/** Brings into view what has just been selected; while the session is replayed, the message that the playhead has come to. */
function useFollow(items: readonly ConversationItem[], current: number, scrollTo: ScrollTo): void {
  const { history, store } = useReplay();
  const selection = useReplayState(selectionOf);
  const replaying = useReplayState(isReplaying);
  const shown = useRef(store.state.selection);
  const previous = useRef(current);
  useEffect(() => {
    if (selection === shown.current) return;
    const position = positionOfSelection(items, selection, history, store.state.playheadMs);
    if (position !== -1) scrollTo(position, 'start');
    // What is inside a folded step is there only after the steps around it have opened.
    const found = items[position];
    const isThere =
      found?.kind !== 'step' || found.isOpen !== false || found.step.observation.id === selection?.observationId;
    if (isThere) shown.current = selection;
  }, [selection, items, history, store, scrollTo]);
  useEffect(() => {
    if (previous.current === current) return;
    previous.current = current;
    if (replaying) scrollTo(Math.max(0, current), 'center');
  }, [current, replaying, scrollTo]);
}

/** An address that names a moment or a selection opens the conversation there; any other at its beginning. */
function useStartAt(
  items: readonly ConversationItem[],
  messagePositions: ReturnType<typeof positionsOfMessages>,
  scrollTo: ScrollTo,
): void {
  const { store, history } = useReplay();
  const done = useRef(false);
  useEffect(() => {
    if (done.current) return;
    done.current = true;
    const { playheadMs, selection, replaying } = store.state;
    const message = history.currentMessage(playheadMs);
    const position =
      replaying && message !== undefined
        ? (messagePositions.get(message) ?? -1)
        : positionOfSelection(items, selection, history);
    if (position > 0) scrollTo(position, 'start');
  }, [items, messagePositions, scrollTo, store, history]);
}
