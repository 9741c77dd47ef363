import { SESSION_PAGE } from '@powerrag/protocol';
import { useMemo } from 'react';
import { Link } from 'wouter';
import type { ComparedSides } from '../api/address.js';
import { formatCost, formatDuration, formatTokens, plural } from '../ui/format.js';
import { LongText } from '../ui/long-text.js';
import { isLong, markdownFrom } from '../ui/text-pieces.js';
import type { ComparedRow, Difference } from './compare-turns.js';
import { differentWords } from './different-words.js';
import type { ComparedTurn } from './side.js';
import { StepList } from './step-list.js';

const NAMES: Readonly<Record<Difference, string>> = {
  question: 'another question',
  answer: 'another answer',
  steps: 'other steps',
  missing: 'on one side only',
};

/** Characters of an answer before and after the place where it parts. */
const BEFORE = 240;
const AFTER = 900;
/** Lines before that place, at most. */
const LINES_BEFORE = 8;

/** Two turns side by side. */
export function RowView({
  row,
  isParting,
  isOpen,
  sides,
}: {
  readonly row: ComparedRow;
  readonly isParting: boolean;
  /** Whether its steps are shown at first. */
  readonly isOpen: boolean;
  readonly sides: ComparedSides;
}) {
  const { pair, differences, answerPartsAt, steps } = row;
  return (
    <li
      className="compare-row"
      data-same={differences.length === 0 || undefined}
      data-parting={isParting || undefined}
      id={isParting ? 'parting' : undefined}
      tabIndex={isParting ? -1 : undefined}
    >
      <p className="compare-row-head">
        {isParting && <strong className="compare-flag">They part here</strong>}
        {differences.length === 0 ? 'Same' : differences.map((difference) => NAMES[difference]).join(', ')}
      </p>
      <div className="compare-cells">
        {pair.map((turn, position) => (
          <Cell
            // biome-ignore lint/suspicious/noArrayIndexKey: there are two sides
            key={position}
            turn={turn}
            other={pair[1 - position] ?? null}
            partsAt={answerPartsAt}
            sessionId={sides[position]?.sessionId ?? ''}
          />
        ))}
      </div>
      {steps.length > 0 && <StepList steps={steps} isOpen={isOpen || (isParting && differences.includes('steps'))} />}
    </li>
  );
}

function Cell({
  turn,
  other,
  partsAt,
  sessionId,
}: {
  readonly turn: ComparedTurn | null;
  /** The turn beside it. */
  readonly other: ComparedTurn | null;
  readonly partsAt: number | null;
  readonly sessionId: string;
}) {
  if (turn === null) return <div className="compare-cell compare-none">No such turn</div>;
  const { number, question, answer } = turn;
  const { traceId, startMs, endMs, totalTokens, totalCost, errors } = turn.turn;
  return (
    <div className="compare-cell">
      <p className="compare-figures-line">
        <Link href={SESSION_PAGE.of(sessionId, { trace: traceId, t: String(Math.round(endMs)) })}>Turn {number}</Link>
        {errors.length > 0 && <span className="turn-errors">{plural(errors.length, 'error')}</span>}
        {totalTokens > 0 && <span>{formatTokens(totalTokens)}</span>}
        {totalCost !== null && <span>{formatCost(totalCost)}</span>}
        <span>{formatDuration(endMs - startMs)}</span>
      </p>
      {question.text !== '' && (
        <div className="compare-question">
          <LongText text={question.text} />
        </div>
      )}
      {partsAt === null ? (
        <LongText text={answer.text} markdown />
      ) : (
        <PartedText text={answer.text} other={other?.answer.text ?? ''} at={partsAt} />
      )}
    </div>
  );
}

/** An answer with the words marked that the one beside it has not; of a long one, what is around the place where they part. */
function PartedText({ text, other, at }: { readonly text: string; readonly other: string; readonly at: number }) {
  const { from, to } = useMemo(() => partAround(text, at), [text, at]);
  const shown = useMemo(() => markdownFrom(text, from, to), [text, from, to]);
  const marks = useMemo(() => differentWords(text, other), [text, other]);
  return (
    <div className="compare-parted">
      {from > 0 && <p className="quiet">…</p>}
      <LongText text={shown} markdown marks={marks} />
      {to < text.length && <p className="quiet">…</p>}
    </div>
  );
}

/** Whole lines around a place, few enough before it that it is not folded away; all of a text that is not long. */
function partAround(text: string, at: number): { readonly from: number; readonly to: number } {
  if (!isLong(text)) return { from: 0, to: text.length };
  let from = at;
  for (let lines = 0; lines < LINES_BEFORE && at - from < BEFORE && from > 0; lines += 1) {
    from = text.lastIndexOf('\n', from - 2) + 1;
  }
  const end = text.indexOf('\n', at + AFTER);
  return { from: Math.max(from, at - 2 * BEFORE), to: Math.min(end === -1 ? text.length : end, at + 2 * AFTER) };
}
