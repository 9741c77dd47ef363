import type { Message, ReplayDocument, ReplayMessage } from '@powerrag/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { ComparedSides } from '../api/address.js';
import { messageQuery } from '../api/queries.js';
import { type Comparison, type CutMessage, compareTurns, undecidedMessages } from './compare-turns.js';
import { type ComparedTurn, comparedTurns } from './side.js';

/** Messages that are read at once. */
const AT_ONCE = 24;

export interface ShownComparison {
  readonly turns: readonly [readonly ComparedTurn[], readonly ComparedTurn[]];
  readonly comparison: Comparison;
  /** Whether long texts are still being read: what is the same so far may part. */
  readonly isReading: boolean;
}

/**
 * Compares two whole documents. Documents hold long texts cut: what is the same as far as it is known is read whole, a few messages
 * at a time, until each row is decided.
 */
export function useComparison(a: ReplayDocument, b: ReplayDocument, sides: ComparedSides): ShownComparison {
  const [turnA, turnB] = sides.map((side) => side?.turn ?? null);
  const [known, setKnown] = useState<KnownMessages>(new Map());
  const shown = useMemo(() => {
    const wholeOf = ({ key = '' }: ReplayMessage) => known.get(key);
    const turns = [comparedTurns(a, turnA ?? null, wholeOf), comparedTurns(b, turnB ?? null, wholeOf)] as const;
    const comparison = compareTurns(...turns);
    return { turns, comparison, undecided: undecidedMessages(comparison) };
  }, [a, b, turnA, turnB, known]);
  useRead(shown.undecided, setKnown);
  return { ...shown, isReading: shown.undecided.length > 0 };
}

/** By key. */
type KnownMessages = ReadonlyMap<string, Message>;

/** Reads the first of these messages; one that cannot be read stays as far as it is known. */
function useRead(
  undecided: readonly CutMessage[],
  setKnown: (next: (known: KnownMessages) => KnownMessages) => void,
): void {
  const client = useQueryClient();
  useEffect(() => {
    if (undecided.length === 0) return undefined;
    let isShown = true;
    const read = async ({ traceId, message }: CutMessage) => {
      const whole = await client.fetchQuery(messageQuery(traceId, message)).catch(() => message);
      return [message.key ?? '', whole] as const;
    };
    void Promise.all(undecided.slice(0, AT_ONCE).map(read)).then((entries) => {
      if (isShown) setKnown((known) => new Map([...known, ...entries]));
    });
    return () => {
      isShown = false;
    };
  }, [undecided, client, setKnown]);
}
