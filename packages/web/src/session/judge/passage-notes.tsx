import type { ReplayAnnotation } from '@powerrag/protocol';
import { useLayoutEffect, useRef, useState } from 'react';
import { AnnotationRow } from './annotation-list.js';
import { useJudge } from './judge-context.js';
import { rangeOfQuote } from './shown-text.js';
import { mayBeIn } from './target.js';
import './judge.css';

/** The name of the highlight of judged passages, as the style sheet has it. */
const HIGHLIGHT = 'judged-passage';

/** What was said of passages of the message that it stands in; the passages are marked there. */
export function PassageNotes({ traceId, observationId }: { readonly traceId: string; readonly observationId: string }) {
  const { annotations } = useJudge();
  const place = useRef<HTMLUListElement>(null);
  const [shown, setShown] = useState<readonly ReplayAnnotation[]>([]);
  // Text may be loaded or unfolded at any time: it looks again whenever it is rendered.
  useLayoutEffect(() => {
    const message = place.current?.closest('article');
    if (!message) return;
    const found = annotations.flatMap((annotation) => {
      const { passage } = annotation;
      if (passage === undefined || !mayBeIn(annotation, traceId, observationId)) return [];
      const range = rangeOfQuote(message, passage);
      return range === null ? [] : [{ annotation, range }];
    });
    const next = found.map(({ annotation }) => annotation);
    setShown((before) => (isSame(before, next) ? before : next));
    return highlight(found.map(({ range }) => range));
  });
  return (
    <ul ref={place} className="passage-notes" hidden={shown.length === 0} aria-label="Scores and comments on passages">
      {shown.map((annotation) => (
        <AnnotationRow key={`${annotation.kind} ${annotation.id}`} annotation={annotation} isPlaced={false} />
      ))}
    </ul>
  );
}

function isSame(a: readonly ReplayAnnotation[], b: readonly ReplayAnnotation[]): boolean {
  return a.length === b.length && a.every((annotation, position) => annotation === b[position]);
}

/** Marks text without touching the elements that show it, where the browser can. The result takes the marks away. */
function highlight(ranges: readonly Range[]): () => void {
  if (!('highlights' in CSS) || ranges.length === 0) return () => {};
  const marks = CSS.highlights.get(HIGHLIGHT) ?? new Highlight();
  CSS.highlights.set(HIGHLIGHT, marks);
  for (const range of ranges) marks.add(range);
  return () => {
    for (const range of ranges) marks.delete(range);
  };
}
