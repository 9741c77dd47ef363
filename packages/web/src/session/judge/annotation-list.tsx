import type { ReplayAnnotation } from '@powerrag/protocol';
import { formatAbsolute } from '../../ui/format.js';
import { IconButton } from '../../ui/icon-button.js';
import { LongText } from '../../ui/long-text.js';
import { isBad, scoreText } from '../../ui/score-text.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { useReplay, useSelect } from '../state/replay-context.js';
import { useJudge } from './judge-context.js';
import { isOn, type JudgeTarget } from './target.js';
import './judge.css';

const ORIGINS = { API: 'by a program', EVAL: 'by an evaluator', ANNOTATION: 'on this page' } as const;

/** Scores and comments on a target; of a session all that are in it, each leading to what it is on. */
export function AnnotationList({ target }: { readonly target: JudgeTarget }) {
  const { annotations } = useJudge();
  const shown = target.kind === 'session' ? annotations : annotations.filter((each) => isOn(each, target));
  if (shown.length === 0) return null;
  return (
    <section className="details-block annotations" aria-label="Scores and comments">
      <h3>Scores and comments</h3>
      <ul>
        {shown.map((annotation) => (
          <AnnotationRow
            key={`${annotation.kind} ${annotation.id}`}
            annotation={annotation}
            isPlaced={target.kind === 'session'}
          />
        ))}
      </ul>
    </section>
  );
}

export function AnnotationRow({
  annotation,
  isPlaced,
}: {
  readonly annotation: ReplayAnnotation;
  /** Whether it says what it is on. */
  readonly isPlaced: boolean;
}) {
  const { store } = useJudge();
  const { kind, name, text, passage, origin, timeMs } = annotation;
  const remove = () => void store?.change([{ before: annotation, after: null }], `Deleted the ${kind}.`);
  return (
    <li className="annotation">
      <div className="annotation-head">
        {kind === 'score' && (
          <span className="chip score-chip" data-bad={isBad(annotation) || undefined}>
            <Name text={name} most={40} /> <strong>{scoreText(annotation)}</strong>
          </span>
        )}
        {isPlaced && <On annotation={annotation} />}
        <span className="quiet" title={formatAbsolute(timeMs)}>
          {ORIGINS[origin]}
        </span>
        {store !== null && origin === 'ANNOTATION' && (
          <IconButton icon="close" label={`Delete this ${kind}`} look="small" onClick={remove} />
        )}
      </div>
      {passage !== undefined && (
        <blockquote dir="auto">
          <Name text={passage.exact} most={200} />
        </blockquote>
      )}
      {text !== null && <LongText text={text} />}
    </li>
  );
}

/** What an annotation is on, as a link to it. */
function On({ annotation: { traceId, observationId, turn } }: { readonly annotation: ReplayAnnotation }) {
  const { history } = useReplay();
  const select = useSelect();
  if (traceId === null && observationId === null) return <span className="quiet">the session</span>;
  const found =
    observationId === null
      ? undefined
      : traceId === null
        ? history.findById(observationId)
        : history.find(traceId, observationId);
  const holder = found?.traceId ?? traceId;
  const turns = history.document.turns.flatMap((each, position) => (each.traceId === holder ? [position] : []));
  const position = turns[(turn ?? 1) - 1];
  const startMs = position === undefined ? undefined : history.document.turns[position]?.startMs;
  const go = () => {
    if (holder !== null) select({ traceId: holder, observationId: found?.id ?? null }, found ? undefined : startMs);
  };
  return (
    <button type="button" className="text-button" onClick={go}>
      {found ? titleText(found.name, 40) : position === undefined ? 'a trace' : `Turn ${position + 1}`}
    </button>
  );
}
