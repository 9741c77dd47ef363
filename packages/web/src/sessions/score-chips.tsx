import { scoreText as conditionText, type SessionActivity } from '@powerrag/protocol';
import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { plural } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { isBad, scoreText } from '../ui/score-text.js';
import { Name, titleText } from '../ui/shown-text.js';
import { withCondition } from './filter-edits.js';

/** Scores that a row has room for. */
const MOST_SCORES = 3;

/** How a session was judged; a score leads to the sessions that have one of its name. */
export function ScoreChips({
  list,
  judged: { scores, commentCount },
}: {
  readonly list: ListView;
  readonly judged: Pick<SessionActivity, 'scores' | 'commentCount'>;
}) {
  return (
    <>
      {scores.slice(0, MOST_SCORES).map((score) => (
        <Link
          key={score.name}
          className="chip score-chip"
          data-bad={isBad(score) || undefined}
          href={listAddress({
            ...list,
            filter: withCondition(list.filter, { name: 'score', value: conditionText({ name: score.name }) }),
          })}
          title={`${plural(score.count, 'score')} ${titleText(score.name)}: show only sessions that have it`}
        >
          <Name text={score.name} most={24} /> <strong>{scoreText(score)}</strong>
        </Link>
      ))}
      {scores.length > MOST_SCORES && <span className="quiet">+{scores.length - MOST_SCORES}</span>}
      {commentCount > 0 && (
        <span className="comment-count" title={plural(commentCount, 'comment')}>
          <Icon name="comment" size={12} />
          {commentCount}
          <span className="visually-hidden"> {commentCount === 1 ? 'comment' : 'comments'}</span>
        </span>
      )}
    </>
  );
}
