import { useEffect, useState } from 'react';
import { quoteOfRange } from './shown-text.js';
import type { JudgeTarget } from './target.js';

export interface MarkedPassage {
  readonly target: JudgeTarget;
  /** Where its tools stand, in CSS pixels of the window. */
  readonly x: number;
  readonly y: number;
}

/** Room for the tools above the text. */
const ABOVE = 40;

/** The passage of a message that is marked now; null where none is, or the mark leaves the message. */
export function selectedPassage(): JudgeTarget | null {
  const range = selectedRange();
  const message = range && messageAround(range);
  if (!message) return null;
  const { traceId, observationId } = message.dataset;
  const passage = quoteOfRange(message, range);
  if (traceId === undefined || observationId === undefined || passage === null) return null;
  return { kind: 'passage', traceId, observationId, passage };
}

/** The same, whenever the reader has marked something else. */
export function useSelectedPassage(): MarkedPassage | null {
  const [marked, setMarked] = useState<MarkedPassage | null>(null);
  useEffect(() => {
    let isPressed = false;
    let isMarked = false;
    const look = (): void => {
      const target = isPressed ? null : selectedPassage();
      const box = target && selectedRange()?.getBoundingClientRect();
      isMarked = Boolean(target && box);
      setMarked(target && box ? { target, x: Math.max(8, box.left), y: Math.max(8, box.top - ABOVE) } : null);
    };
    // Asking for a selection lays out the page, and a list that follows a replay scrolls in every frame.
    const follow = (): void => {
      if (isMarked) look();
    };
    const press = (): void => {
      isPressed = true;
    };
    const release = (): void => {
      isPressed = false;
      look();
    };
    document.addEventListener('selectionchange', look);
    document.addEventListener('pointerdown', press);
    document.addEventListener('pointerup', release);
    document.addEventListener('pointercancel', release);
    document.addEventListener('scroll', follow, { capture: true, passive: true });
    return () => {
      document.removeEventListener('selectionchange', look);
      document.removeEventListener('pointerdown', press);
      document.removeEventListener('pointerup', release);
      document.removeEventListener('pointercancel', release);
      document.removeEventListener('scroll', follow, { capture: true });
    };
  }, []);
  return marked;
}

function selectedRange(): Range | null {
  const selection = document.getSelection();
  return selection === null || selection.isCollapsed || selection.rangeCount === 0 ? null : selection.getRangeAt(0);
}

function messageAround({ commonAncestorContainer: node }: Range): HTMLElement | null {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest<HTMLElement>('article[data-observation-id]') ?? null;
}
