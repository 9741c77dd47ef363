import type { ComparedSides } from '../api/address.js';
import { formatCompact, formatCost, formatCount, formatDuration, NOTHING } from '../ui/format.js';
import { axisOf } from './axis.js';
import { AxisView } from './axis-view.js';
import type { Comparison } from './compare-turns.js';
import { RowView } from './row-view.js';
import { type ComparedTurn, figuresOf, type SideFigures } from './side.js';

/** All of a comparison below its heads: figures, the shared axis, and the turns. */
export function ComparisonView({
  comparison,
  turns,
  isReading,
  sides,
}: {
  readonly comparison: Comparison;
  readonly turns: readonly [readonly ComparedTurn[], readonly ComparedTurn[]];
  /** Whether the ends of long texts are still being read. */
  readonly isReading: boolean;
  readonly sides: ComparedSides;
}) {
  const { rows, partsAt } = comparison;
  const parting = rows[partsAt]?.pair;
  const isTurn = turns.every(({ length }) => length === 1);
  return (
    <>
      <p className="compare-parting" role="status">
        {partsAt === -1 && isReading && 'The same so far; reading the ends of long texts…'}
        {partsAt === -1 && !isReading && 'Both went the same way: the same questions, answers and steps.'}
        {partsAt !== -1 && isTurn && 'The two turns went different ways.'}
        {partsAt !== -1 && !isTurn && (
          <>
            They part at {parting?.[0] ? `turn ${parting[0].number} of A` : `turn ${parting?.[1]?.number} of B`}.{' '}
            <a href="#parting">Show it</a> <kbd>d</kbd>
          </>
        )}
      </p>
      <div className="compare-summary">
        <Figures a={figuresOf(turns[0])} b={figuresOf(turns[1])} />
        <AxisView
          axis={axisOf(turns)}
          partings={[parting?.[0]?.number ?? null, parting?.[1]?.number ?? null]}
          isTurn={isTurn}
        />
      </div>
      <ol className="compare-rows">
        {rows.map((row, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of one comparison never move
          <RowView key={position} row={row} isParting={position === partsAt} sides={sides} isOpen={rows.length === 1} />
        ))}
      </ol>
    </>
  );
}

interface FigureRow {
  readonly name: string;
  readonly of: (figures: SideFigures) => number | null;
  readonly format: (value: number) => string;
}

const FIGURES: readonly FigureRow[] = [
  { name: 'Turns', of: ({ turnCount }) => turnCount, format: formatCount },
  { name: 'Steps', of: ({ stepCount }) => stepCount, format: formatCount },
  { name: 'Errors', of: ({ errorCount }) => errorCount, format: formatCount },
  { name: 'Time in turns', of: ({ workMs }) => workMs, format: formatDuration },
  { name: 'Tokens', of: ({ totalTokens }) => totalTokens, format: formatCompact },
  { name: 'Cost', of: ({ totalCost }) => totalCost, format: formatCost },
];

function Figures({ a, b }: { readonly a: SideFigures; readonly b: SideFigures }) {
  return (
    <table className="compare-figures" aria-label="Totals">
      <thead>
        <tr>
          <td />
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col">B against A</th>
        </tr>
      </thead>
      <tbody>
        {FIGURES.map(({ name, of, format }) => {
          const [left, right] = [of(a), of(b)];
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{left === null ? NOTHING : format(left)}</td>
              <td>{right === null ? NOTHING : format(right)}</td>
              <td className="quiet">{left === null || right === null ? NOTHING : change(left, right, format)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** How much more or less the second is, and in percent where there is something to compare with. */
function change(left: number, right: number, format: (value: number) => string): string {
  const by = right - left;
  if (by === 0) return 'same';
  const sign = by > 0 ? '+' : '−';
  const percent = Math.round(Math.abs(by / left) * 100);
  const inPercent = left === 0 || percent === 0 ? '' : ` (${sign}${percent} %)`;
  return `${sign}${format(Math.abs(by))}${inPercent}`;
}
