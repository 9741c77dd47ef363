import type { ReplayDocument } from '@powerrag/protocol';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { type ComparedSides, compareAddress } from '../api/address.js';
import { replayQuery } from '../api/queries.js';
import { useCommands } from '../commands/registry.js';
import { Notice } from '../ui/notice.js';
import { compareTurns } from './compare-turns.js';
import { ComparisonView } from './comparison-view.js';
import { type ComparedTurn, comparedTurns } from './side.js';
import { SideHead } from './side-head.js';
import { SidePicker } from './side-picker.js';
import './compare.css';

const NAMES = ['A', 'B'] as const;

/** Two sessions, or two turns, side by side: what was said, what ran, what it took, and where they part. */
export default function ComparePage({ sides }: { readonly sides: ComparedSides }) {
  const asked = [...new Set(sides.flatMap((side) => side?.sessionId ?? []))];
  const replays = useQueries({ queries: asked.map((sessionId) => replayQuery(sessionId)) });
  const replayOf = (sessionId: string | undefined) =>
    sessionId === undefined ? undefined : replays[asked.indexOf(sessionId)];
  const [a, b] = sides.map((side) => replayOf(side?.sessionId));
  const turns = useTurns([a?.data, b?.data], sides);
  useEffect(() => {
    document.title = 'Compare · PowerRAG';
  }, []);
  useCompareCommands(sides);
  const failed = replays.find(({ isError }) => isError);
  const [turnsA, turnsB] = turns;
  return (
    <main className="app-main compare">
      <h1 className="visually-hidden">Compare</h1>
      <header className="compare-heads">
        {NAMES.map((name, position) => {
          const side = sides[position] ?? null;
          const document = [a, b][position]?.data;
          const choose = (next: typeof side) =>
            navigate(compareAddress(position === 0 ? [next, sides[1]] : [sides[0], next]), { replace: true });
          return side === null ? (
            <SidePicker key={name} name={name} other={sides[1 - position] ?? null} onChoose={choose} />
          ) : (
            <SideHead key={name} name={name} side={side} document={document} onChoose={choose} />
          );
        })}
      </header>
      {failed && (
        <Notice title="A session could not be loaded" tone="danger">
          <p>{failed.error?.message}</p>
          <button type="button" className="button" onClick={() => void failed.refetch()}>
            Try again
          </button>
        </Notice>
      )}
      {!failed && turnsA && turnsB && <Compared turnsA={turnsA} turnsB={turnsB} sides={sides} />}
      {!failed && sides.every((side) => side !== null) && !(turnsA && turnsB) && <Notice title="Loading both…" />}
    </main>
  );
}

function Compared({
  turnsA,
  turnsB,
  sides,
}: {
  readonly turnsA: readonly ComparedTurn[];
  readonly turnsB: readonly ComparedTurn[];
  readonly sides: ComparedSides;
}) {
  const comparison = useMemo(() => compareTurns(turnsA, turnsB), [turnsA, turnsB]);
  return <ComparisonView comparison={comparison} turns={[turnsA, turnsB]} sides={sides} />;
}

function useTurns(
  documents: readonly (ReplayDocument | undefined)[],
  sides: ComparedSides,
): readonly (readonly ComparedTurn[] | null)[] {
  const [documentA, documentB] = documents;
  const [turnA, turnB] = sides.map((side) => side?.turn ?? null);
  const a = useMemo(() => (documentA ? comparedTurns(documentA, turnA ?? null) : null), [documentA, turnA]);
  const b = useMemo(() => (documentB ? comparedTurns(documentB, turnB ?? null) : null), [documentB, turnB]);
  return [a, b];
}

function useCompareCommands(sides: ComparedSides): void {
  const address = compareAddress([sides[1], sides[0]]);
  const group = useMemo(
    () => ({
      title: 'Side by side',
      commands: [
        { says: 'Go to where they part', keys: ['d'], run: showParting },
        { says: 'Swap the sides', keys: ['x'], run: () => navigate(address, { replace: true }) },
      ],
    }),
    [address],
  );
  useCommands(group);
}

/** False where they do not part. */
function showParting(): boolean {
  const row = document.querySelector<HTMLElement>('[data-parting]');
  row?.scrollIntoView({ block: 'start' });
  row?.focus({ preventScroll: true });
  return row !== null;
}
