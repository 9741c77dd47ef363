import { type ReplayDocument, SESSION_PAGE } from '@powerrag/protocol';
import { Link } from 'wouter';
import type { Compared } from '../api/address.js';
import { sessionTitle } from '../session/state/session-title.js';
import { turnWords } from '../session/state/turn-words.js';
import { formatAbsolute } from '../ui/format.js';
import { IconButton } from '../ui/icon-button.js';
import { Name, titleText } from '../ui/shown-text.js';

const MOST_WORDS = 60;

/** What stands on one side, and which of its turns. */
export function SideHead({
  name,
  side,
  document,
  onChoose,
}: {
  readonly name: string;
  readonly side: Compared;
  /** Absent until it is loaded. */
  readonly document: ReplayDocument | undefined;
  readonly onChoose: (side: Compared | null) => void;
}) {
  const { sessionId, turn } = side;
  const title = document === undefined ? sessionId : sessionTitle(document);
  return (
    <section className="compare-head" aria-label={`Side ${name}`}>
      <span className="compare-side" aria-hidden="true">
        {name}
      </span>
      <div className="compare-title">
        <Link href={SESSION_PAGE.of(sessionId)} title="Open the session">
          <Name text={title} most={160} />
        </Link>
        <span className="quiet">
          <Name className="id" text={sessionId} most={60} titled />
          {document !== undefined && ` · ${formatAbsolute(document.startedAtMs)}`}
        </span>
        <select
          className="button"
          aria-label={`What of side ${name} is compared`}
          value={turn ?? ''}
          onChange={({ target }) => onChoose({ sessionId, turn: target.value === '' ? null : Number(target.value) })}
        >
          <option value="">Whole session</option>
          {document?.turns.map((each, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a turn is its number
            <option key={position} value={position + 1}>
              Turn {position + 1}: {titleText(turnWords(each), MOST_WORDS)}
            </option>
          ))}
        </select>
      </div>
      <IconButton icon="close" label={`Choose another for side ${name}`} look="small" onClick={() => onChoose(null)} />
    </section>
  );
}
