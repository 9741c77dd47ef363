import type { ReplayDocument } from '@powerrag/protocol';
import type { Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useReplay } from '../state/replay-context.js';

/** This near to the end, in CSS pixels, the reader is at the end. */
const AT_END_PX = 48;

/**
 * How many messages came while the reader was not at the end of the conversation. Who is at the end of a session that is read stays
 * there, as in any chat; for anybody else nothing moves.
 */
export function useNewRows(
  rowCount: number,
  virtual: Virtualizer<HTMLDivElement, Element>,
): { readonly count: number; readonly show: () => void } {
  const { history, store } = useReplay();
  const said = useMemo(() => saidCount(history.document), [history]);
  const [seen, setSeen] = useState(said);
  const wasAtEnd = useRef(false);
  const atEnd = isAtEnd(virtual);
  const { scrollToIndex } = virtual;
  const show = useCallback(() => scrollToIndex(rowCount - 1, { align: 'end' }), [rowCount, scrollToIndex]);
  useEffect(() => {
    if (said !== seen && (wasAtEnd.current || atEnd || said < seen)) {
      setSeen(said);
      if (wasAtEnd.current && said > seen && !store.state.replaying) show();
    }
    wasAtEnd.current = atEnd;
  }, [said, seen, atEnd, show, store]);
  return { count: Math.max(0, said - seen), show };
}

/** What there is to read: the messages, and the turns in which nothing was said. */
function saidCount({ turns }: ReplayDocument): number {
  return turns.reduce((sum, { messages }) => sum + Math.max(1, messages.length), 0);
}

function isAtEnd(list: Virtualizer<HTMLDivElement, Element>): boolean {
  const { scrollOffset, scrollRect } = list;
  return scrollRect !== null && (scrollOffset ?? 0) + scrollRect.height >= list.getTotalSize() - AT_END_PX;
}
