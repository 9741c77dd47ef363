import { LongText } from '../../ui/long-text.js';
import { Name, TextWithMarks } from '../../ui/shown-text.js';
import { isLong } from '../../ui/text-pieces.js';
import type { RetrievedDocument } from '../work/documents.js';
import type { TextRange } from '../work/passages.js';
import './document-cards.css';

/** What a search found, in its order: each document with its rank, score and source, and the passages that an answer used marked. */
export function DocumentCards({
  documents,
  usedOf,
}: {
  readonly documents: readonly RetrievedDocument[];
  /** The parts of a document that an answer used, by its position. Default: none is known. */
  readonly usedOf?: (position: number) => readonly TextRange[];
}) {
  if (documents.length === 0) return <p className="documents-none">Nothing was found.</p>;
  return (
    <ol className="documents">
      {documents.map((document, position) => (
        <Card key={document.rank} document={document} used={usedOf?.(position) ?? []} />
      ))}
    </ol>
  );
}

function Card({ document, used }: { readonly document: RetrievedDocument; readonly used: readonly TextRange[] }) {
  const { rank, source, score, text } = document;
  return (
    <li className="document" data-used={used.length > 0 || undefined}>
      <div className="document-head">
        <span className="document-rank">{rank}</span>
        <Name className="document-source" text={source ?? 'Document'} titled />
        {used.length > 0 && <span className="document-used">used in the answer</span>}
        {score !== null && <span className="document-score">{Number(score.toPrecision(3))}</span>}
      </div>
      <div className="document-text">
        {used.length > 0 && !isLong(text) ? (
          <div className="plain-text" dir="auto">
            <TextWithMarks text={text} marks={used} />
          </div>
        ) : (
          <>
            {used.map((range) => (
              <blockquote key={range.start} className="document-passage" dir="auto">
                <TextWithMarks
                  text={text.slice(range.start, range.end)}
                  marks={[{ start: 0, end: range.end - range.start }]}
                />
              </blockquote>
            ))}
            <LongText text={text} />
          </>
        )}
      </div>
    </li>
  );
}
