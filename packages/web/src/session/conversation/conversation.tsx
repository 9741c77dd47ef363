import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { Notice } from '../../ui/notice.js';
import { ScrollArea } from '../../ui/scroll-area.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { ErrorRow } from './error-row.js';
import { type ConversationItem, conversationItems, positionOfMessage } from './items.js';
import { MessageRow } from './message-row.js';
import { NotesRow } from './notes-row.js';
import { StepsRow } from './steps-row.js';
import { TurnHead } from './turn-head.js';
import './conversation.css';

const ESTIMATED_HEIGHT: Record<ConversationItem['kind'], number> = {
  turn: 44,
  notes: 28,
  message: 120,
  steps: 44,
  error: 56,
};

/** Up to this many rows all are in the page, so that the browser's own search finds every word. */
const WHOLE_UP_TO = 200;

/** The session as people read it. It follows the playhead; what the playhead has not reached is shown as still to come. */
export function Conversation() {
  const { history, store } = useReplay();
  const items = useMemo(() => conversationItems(history), [history]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (position) => ESTIMATED_HEIGHT[items[position]?.kind ?? 'message'],
    getItemKey: (position) => items[position]?.key ?? position,
    overscan: items.length <= WHOLE_UP_TO ? items.length : 6,
    paddingStart: 8,
    paddingEnd: 24,
  });
  const current = useReplayState(
    useCallback(
      (state: ReplayState) => positionOfMessage(items, history.currentMessage(state.playheadMs)),
      [items, history],
    ),
  );
  useFollow(current, virtual.scrollToIndex);
  useStartAt(items, virtual.scrollToIndex);
  return (
    <section className="pane conversation" aria-label="Conversation">
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
                <Row item={item} current={position === current} onSeek={(timeMs) => store.seek(timeMs)} />
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
}: {
  readonly item: ConversationItem;
  readonly current: boolean;
  readonly onSeek: (timeMs: number) => void;
}) {
  const reached = useReplayState(useCallback((state: ReplayState) => state.playheadMs >= item.atMs, [item.atMs]));
  switch (item.kind) {
    case 'turn':
      return <TurnHead item={item} reached={reached} onSeek={onSeek} />;
    case 'notes':
      return <NotesRow item={item} reached={reached} />;
    case 'message':
      return <MessageRow item={item} reached={reached} current={current} onSeek={onSeek} />;
    case 'steps':
      return <StepsRow item={item} reached={reached} />;
    case 'error':
      return <ErrorRow item={item} reached={reached} />;
  }
}

type ScrollTo = (position: number, options: { align: 'auto' | 'start' | 'center' }) => void;

/** Brings the current message into view when the playhead moves on to it, never before it has moved. */
function useFollow(current: number, scrollTo: ScrollTo): void {
  const previous = useRef(current);
  useEffect(() => {
    if (previous.current === current) return;
    previous.current = current;
    scrollTo(Math.max(0, current), { align: 'center' });
  }, [current, scrollTo]);
}

/** An address that names a moment or a trace opens the conversation there; any other at its beginning. */
function useStartAt(items: readonly ConversationItem[], scrollTo: ScrollTo): void {
  const { store, history } = useReplay();
  const done = useRef(false);
  useEffect(() => {
    if (done.current) return;
    done.current = true;
    const { playheadMs, selection } = store.state;
    const position =
      playheadMs < history.document.durationMs
        ? positionOfMessage(items, history.currentMessage(playheadMs))
        : items.findIndex((item) => item.kind === 'turn' && item.turn.traceId === selection?.traceId);
    if (position > 0) scrollTo(position, { align: 'start' });
  }, [items, scrollTo, store, history]);
}
