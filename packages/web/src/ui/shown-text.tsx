import type { ReactNode } from 'react';
import { textRuns, withHiddenNamed } from './hidden-characters.js';
import type { Mark } from './markdown-marks.js';
import { shortened } from './shortened.js';
import './shown-text.css';

/**
 * A text from a trace with its hidden characters marked. Each stays in the text, for searching and copying, but in an isolate of its
 * own, where it cannot turn what stands around it.
 */
export function MarkedText({ text }: { readonly text: string }) {
  const runs = textRuns(text);
  if (runs.length === 1 && runs[0]?.hidden === null) return text;
  return runs.map(({ text: run, hidden }, position) =>
    hidden === null ? (
      run
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: runs of one text never move
      <bdi key={position} className="hidden-character" data-name={hidden} title={`Hidden character: ${hidden}`}>
        {run}
      </bdi>
    ),
  );
}

/**
 * A name or another short text from a trace: its beginning where it is long, laid out in its own direction and apart from what
 * stands beside it.
 */
export function Name({
  text,
  className,
  most,
  titled = false,
}: {
  readonly text: string;
  readonly className?: string;
  /** UTF-16 units that are shown. Default: as `shortened` has it. */
  readonly most?: number;
  /** Whether the text is its tooltip as well, for where its end may be clipped. */
  readonly titled?: boolean;
}) {
  return (
    <span className={className} dir="auto" title={titled ? titleText(text) : undefined}>
      <MarkedText text={shortened(text, most)} />
    </span>
  );
}

/** A text from a trace for a tooltip, an accessible name or a canvas: its beginning, hidden characters by name. */
export function titleText(text: string, most?: number): string {
  return withHiddenNamed(shortened(text, most));
}

/** A text with parts of it marked, in order and not overlapping; hidden characters are marked as well. */
export function TextWithMarks({ text, marks }: { readonly text: string; readonly marks: readonly Mark[] }) {
  let last = 0;
  const parts: ReactNode[] = [];
  for (const { start, end, title } of marks) {
    parts.push(<MarkedText key={`t${last}`} text={text.slice(last, start)} />);
    parts.push(
      <mark key={`m${start}`} className="passage" title={title}>
        <MarkedText text={text.slice(start, end)} />
      </mark>,
    );
    last = end;
  }
  return [...parts, <MarkedText key={`t${last}`} text={text.slice(last)} />];
}
