import type { ReplayObservation } from '@powerrag/protocol';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { observationQuery } from '../../api/queries.js';
import type { FindMarks } from '../../ui/markdown-marks.js';
import { useShownFor } from '../../ui/use-shown-for.js';
import { type RetrievedDocument, readDocuments } from '../work/documents.js';
import { PassageIndex, type TextRange, usedRanges } from '../work/passages.js';

/** The documents that a turn's searches found, and what of them an answer used. */
export interface AnswerPassages {
  readonly documents: readonly RetrievedDocument[];
  /** Marks the passages in the text of the answer; undefined where no document was found. */
  readonly marks: FindMarks | undefined;
  /** The parts of a document that the answer used, by its position in `documents`. */
  readonly usedOf: (position: number) => readonly TextRange[];
}

/** Searches whose results are compared with an answer, at most. */
const MOST_SEARCHES = 12;

/** How long an answer is shown before its documents are loaded, in milliseconds: those scrolled past are not. */
const SHOWN_FOR_MS = 200;

/** Loads what the searches found, and compares it with the answer. Empty until it is loaded. */
export function useAnswerPassages(answer: string, searches: readonly ReplayObservation[]): AnswerPassages {
  const isWanted = useShownFor(SHOWN_FOR_MS);
  const outputs = useQueries({
    queries: searches
      .slice(-MOST_SEARCHES)
      .map(({ traceId, id }) => ({ ...observationQuery(traceId, id, true), enabled: isWanted })),
    combine: (results) => results.map(({ data }) => data?.output ?? null),
  });
  const key = outputs.map((output) => (output === null ? '-' : '+')).join('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the outputs of searches that have ended stay what they are once loaded
  return useMemo(
    () =>
      comparePassages(
        answer,
        outputs.flatMap((output) => (output === null ? [] : (readDocuments(output) ?? []))),
      ),
    [answer, key],
  );
}

function comparePassages(answer: string, documents: readonly RetrievedDocument[]): AnswerPassages {
  if (documents.length === 0) return { documents, marks: undefined, usedOf: () => [] };
  const index = new PassageIndex(documents.map(({ text }) => text));
  const passages = index.find(answer);
  return {
    documents,
    marks: (text) =>
      index.find(text).map(({ start, end, document }) => ({ start, end, title: titleOf(documents[document]) })),
    usedOf: (position) => usedRanges(passages, position),
  };
}

function titleOf(document: RetrievedDocument | undefined): string {
  return document === undefined
    ? ''
    : `From document ${document.rank}: ${(document.source ?? document.text).slice(0, 100)}`;
}
