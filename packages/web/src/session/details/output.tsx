import type { ObservationDetails, ReplayObservation } from '@powerrag/protocol';
import { useMemo } from 'react';
import { DocumentCards } from '../message/document-cards.js';
import { readDocuments } from '../work/documents.js';
import { PassageIndex, usedRanges } from '../work/passages.js';
import type { TurnWork } from '../work/turn-work.js';
import { Body } from './body.js';

/** What an observation gave: of a search its documents, with the passages that the answer of its turn used. */
export function Output({
  observation,
  details,
  works,
}: {
  readonly observation: ReplayObservation;
  readonly details: ObservationDetails;
  readonly works: readonly TurnWork[];
}) {
  const documents = useMemo(
    () => (details.type === 'retriever' && details.output !== null ? readDocuments(details.output) : null),
    [details],
  );
  const passages = useMemo(() => {
    const answer = documents === null ? '' : answerOf(works, observation);
    return new PassageIndex((documents ?? []).map(({ text }) => text)).find(answer);
  }, [documents, works, observation]);
  if (documents === null) return <Body title="Output" value={details.output} messages={details.outputMessages} />;
  return (
    <Body title="Output" value={details.output} messages={null}>
      <DocumentCards documents={documents} usedOf={(position) => usedRanges(passages, position)} />
    </Body>
  );
}

/** What the turn of an observation answered. */
function answerOf(works: readonly TurnWork[], observation: ReplayObservation): string {
  const work = works.find(({ observations }) => observations.includes(observation));
  return (work?.turn.messages ?? [])
    .filter(({ role }) => role === 'assistant')
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
    .join('\n\n');
}
