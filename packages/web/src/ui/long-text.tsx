import { Component, type ReactNode, useMemo, useState } from 'react';
import { formatCount } from './format.js';
import { MarkdownLater } from './markdown-later.js';
import type { FindMarks } from './markdown-marks.js';
import { MarkedText } from './shown-text.js';
import { endOfPiece, FOLDED, firstPieces, isLong, markdownPieces, nestsTooDeeply } from './text-pieces.js';
import { WholeText } from './whole-text.js';
import './long-text.css';

/** What one click more parses and lays out: bounded, because markdown costs more than its length. */
const STEP_UNITS = 4_000;

/**
 * A text of any length. Only what is shown is parsed and laid out: its beginning, then a step more with each click, or all of it
 * as plain text, of which the browser lays out what is in view.
 */
export function LongText({
  text,
  markdown = false,
  marks,
}: {
  readonly text: string;
  readonly markdown?: boolean;
  /** What to mark in it, where it is markdown. Default: nothing. */
  readonly marks?: FindMarks | undefined;
}) {
  const [steps, setSteps] = useState(0);
  const [isWhole, setWhole] = useState(false);
  const folds = isLong(text);
  const pieces = useMemo(() => shownPieces(text, steps, markdown), [text, steps, markdown]);
  const isCut = text.length > STEP_UNITS * steps && endOfPiece(text, 0, STEP_UNITS) < text.length;
  const hasMore = folds && (steps === 0 || (isCut && firstPieces(text, steps + 1, STEP_UNITS).length > steps));
  const count = formatCount(text.length);
  return (
    <div>
      {isWhole ? (
        <WholeText text={text} />
      ) : (
        <div className="long-text" data-folded={folds && steps === 0}>
          {pieces.map((piece, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
            <Piece key={position} text={piece} markdown={markdown} marks={marks} />
          ))}
        </div>
      )}
      {folds && (
        <div className="long-text-tools">
          {!isWhole && hasMore && (
            <button type="button" className="text-button" aria-expanded={steps > 0} onClick={() => setSteps(steps + 1)}>
              {isCut ? `Show more of ${count} characters` : `Show all ${count} characters`}
            </button>
          )}
          {!isWhole && isCut && (
            <button type="button" className="text-button" onClick={() => setWhole(true)}>
              Show all as plain text
            </button>
          )}
          {(isWhole || steps > 0) && (
            <button
              type="button"
              className="text-button"
              onClick={() => {
                setSteps(0);
                setWhole(false);
              }}
            >
              Show less
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function shownPieces(text: string, steps: number, markdown: boolean): string[] {
  const [count, most] = steps === 0 ? [1, FOLDED.units] : [steps, STEP_UNITS];
  return markdown
    ? markdownPieces(text, count, most)
    : firstPieces(text, count, most).map(({ start, end }) => text.slice(start, end));
}

function Piece({
  text,
  markdown,
  marks,
}: {
  readonly text: string;
  readonly markdown: boolean;
  readonly marks: FindMarks | undefined;
}) {
  const plain = (
    <div className="plain-text" dir="auto">
      <MarkedText text={text} />
    </div>
  );
  if (!markdown || nestsTooDeeply(text)) return plain;
  return (
    <Fallback instead={plain}>
      <MarkdownLater text={text} marks={marks} until={plain} />
    </Fallback>
  );
}

interface FallbackProps {
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

/** Shows something else instead of what cannot be drawn, such as markdown that nests deeper than the stack. */
class Fallback extends Component<FallbackProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
