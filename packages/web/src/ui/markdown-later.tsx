import { type ReactNode, useSyncExternalStore } from 'react';
import type { Markdown } from './markdown.js';
import type { FindMarks } from './markdown-marks.js';

/** A third of the page's scripts: loaded beside the first data instead of before it. */
let loaded: typeof Markdown | null = null;
let loading: Promise<void> | null = null;
const waiting = new Set<() => void>();

/** Begins to load what draws markdown. A view that will show markdown calls it early, so that its texts are laid out once. */
export function loadMarkdown(): Promise<void> {
  loading ??= import('./markdown.js').then(
    (part) => {
      loaded = part.Markdown;
      for (const notify of waiting) notify();
    },
    () => {
      // The text can be read as it was written; the next one that is shown tries again.
      loading = null;
    },
  );
  return loading;
}

/** Markdown, and until it can be drawn something else. */
export function MarkdownLater({
  text,
  marks,
  until,
}: {
  readonly text: string;
  readonly marks?: FindMarks | undefined;
  readonly until: ReactNode;
}) {
  const Drawn = useSyncExternalStore(subscribe, () => loaded);
  return Drawn === null ? until : <Drawn text={text} marks={marks} />;
}

function subscribe(notify: () => void): () => void {
  waiting.add(notify);
  void loadMarkdown();
  return () => waiting.delete(notify);
}
