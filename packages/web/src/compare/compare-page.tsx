import type { ReplayDocument } from '@powerrag/protocol';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { type ComparedSides, compareAddress } from '../api/address.js';
import { replayQuery } from '../api/queries.js';
import { useCommands } from '../commands/registry.js';
import { usePages } from '../session/state/use-pages.js';
import { formatCount } from '../ui/format.js';
import { Notice } from '../ui/notice.js';
import { ComparisonView } from './comparison-view.js';
import { SideHead } from './side-head.js';
import { SidePicker } from './side-picker.js';
import { useComparison } from './use-comparison.js';
import './compare.css';

const NAMES = ['A', 'B'] as const;

/** Two sessions, or two turns, side by side: what was said, what ran, what it took, and where they part. */
export default function ComparePage({ sides }: { readonly sides: ComparedSides }) {
  const asked = [...new Set(sides.flatMap((side) => side?.sessionId ?? []))];
  const replays = useQueries({ queries: asked.map((sessionId) => replayQuery(sessionId)) });
  const replayOf = (sessionId: string | undefined) =>
    sessionId === undefined ? undefined : replays[asked.indexOf(sessionId)];
  const [a, b] = sides.map((side) => replayOf(side?.sessionId));
  usePages(sides[0]?.sessionId ?? '', a?.data);
  usePages(sides[1]?.sessionId ?? '', b?.data === a?.data ? undefined : b?.data);
  useEffect(() => {
    document.title = 'Compare · PowerRAG';
  }, []);
  useCompareCommands(sides);
  const failed = replays.find(({ isError }) => isError);
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
      {!failed && isWhole(a?.data) && isWhole(b?.data) && <Compared a={a.data} b={b.data} sides={sides} />}
      {!failed && sides.every((side) => side !== null) && !(isWhole(a?.data) && isWhole(b?.data)) && (
        <Notice title="Loading both…">{loadedWords([a?.data, b?.data])}</Notice>
      )}
    </main>
  );
}

function Compared({
  a,
  b,
  sides,
}: {
  readonly a: ReplayDocument;
  readonly b: ReplayDocument;
  readonly sides: ComparedSides;
}) {
  return <ComparisonView {...useComparison(a, b, sides)} sides={sides} />;
}

/** Whether all observations of a session are here: of a part, the other side would have steps too many. */
function isWhole(document: ReplayDocument | undefined): document is ReplayDocument {
  return document?.nextObservations === null;
}

function loadedWords(documents: readonly (ReplayDocument | undefined)[]): string {
  const known = documents.filter((document) => document !== undefined);
  const loaded = known.reduce((sum, { observations }) => sum + observations.length, 0);
  const all = known.reduce((sum, { session }) => sum + session.observationCount, 0);
  return all === 0 ? '' : `${formatCount(loaded)} of ${formatCount(all)} observations`;
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
