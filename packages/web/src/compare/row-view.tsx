import { SESSION_PAGE } from '@powerrag/protocol';
import { Link } from 'wouter';
import type { ComparedSides } from '../api/address.js';
import { formatCost, formatDuration, formatTokens, plural } from '../ui/format.js';
import { LongText } from '../ui/long-text.js';
import { MarkedText } from '../ui/shown-text.js';
import type { ComparedRow, Difference } from './compare-turns.js';
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
          // biome-ignore lint/suspicious/noArrayIndexKey: there are two sides
          <Cell key={position} turn={turn} partsAt={answerPartsAt} sessionId={sides[position]?.sessionId ?? ''} />
        ))}
      </div>
      {steps.length > 0 && <StepList steps={steps} isOpen={isOpen || (isParting && differences.includes('steps'))} />}
    </li>
  );
}

function Cell({
  turn,
  partsAt,
  sessionId,
}: {
  readonly turn: ComparedTurn | null;
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
      {partsAt === null ? <LongText text={answer.text} markdown /> : <PartedText text={answer.text} at={partsAt} />}
    </div>
  );
}

/** A text around the place from which it is another than that beside it. */
function PartedText({ text, at }: { readonly text: string; readonly at: number }) {
  const from = Math.max(0, at - BEFORE);
  const to = Math.min(text.length, at + AFTER);
  return (
    <p className="compare-parted" dir="auto">
      {from > 0 && '…'}
      <MarkedText text={text.slice(from, at)} />
      {text.length > at && (
        <mark>
          <MarkedText text={text.slice(at, to)} />
        </mark>
      )}
      {to < text.length && '…'}
    </p>
  );
}
