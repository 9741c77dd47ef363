import { plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { isBad, scoreText } from '../../ui/score-text.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { THUMB, thumbChange, thumbOn } from './changes.js';
import { useJudge } from './judge-context.js';
import { isOn, type JudgeTarget, targetName } from './target.js';
import './judge.css';

/** Scores beside the thumbs; all are in the dialog. */
const MOST_SCORES = 3;

/** Thumbs and a comment for a target, beside the scores that it has. */
export function JudgeButtons({ target }: { readonly target: JudgeTarget }) {
  const { annotations, store, ask } = useJudge();
  const here = annotations.filter((annotation) => isOn(annotation, target));
  const thumb = thumbOn(here, target);
  const scores = here.filter((each) => each.kind === 'score' && each !== thumb);
  const commentCount = here.filter(({ kind }) => kind === 'comment').length;
  const name = titleText(targetName(target));
  return (
    <span className="judge" data-given={thumb !== null || commentCount > 0 || undefined}>
      {scores.slice(0, MOST_SCORES).map((score) => (
        <span key={score.id} className="chip score-chip" data-bad={isBad(score) || undefined} title={score.text ?? ''}>
          <Name text={score.name} most={24} /> <strong>{scoreText(score)}</strong>
        </span>
      ))}
      {store !== null &&
        ([true, false] as const).map((isGood) => (
          <button
            key={THUMB + String(isGood)}
            type="button"
            className="icon-button small judge-thumb"
            data-thumb={isGood ? 'good' : 'bad'}
            aria-pressed={thumb?.value === (isGood ? 1 : 0)}
            aria-label={`${isGood ? 'Good' : 'Bad'}: ${name}`}
            title={`${isGood ? 'Good' : 'Bad'}: ${name}`}
            onClick={() => void giveThumb({ annotations, store }, target, isGood)}
          >
            <Icon name={isGood ? 'good' : 'bad'} size={14} />
          </button>
        ))}
      {store !== null && (
        <button
          type="button"
          className="icon-button small judge-comment"
          aria-label={`Score or comment on ${name}${commentCount > 0 ? `: ${plural(commentCount, 'comment')}` : ''}`}
          title={`Score or comment on ${name}`}
          onClick={() => ask(target)}
        >
          <Icon name="comment" size={14} />
          {commentCount > 0 && <span className="judge-count">{commentCount}</span>}
        </button>
      )}
    </span>
  );
}

/** Gives a thumb, or takes it away where it was given already. */
export function giveThumb(
  { annotations, store }: Pick<ReturnType<typeof useJudge>, 'annotations' | 'store'>,
  target: JudgeTarget,
  isGood: boolean,
): Promise<void> | undefined {
  const change = thumbChange(annotations, target, isGood);
  const name = titleText(targetName(target));
  const says =
    change.after === null ? `Took the score of ${name} away.` : `Scored ${name}: ${isGood ? 'good' : 'bad'}.`;
  return store?.change([change], says);
}
