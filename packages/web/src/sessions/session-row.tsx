import { SESSION_PAGE, type SessionActivity, type SessionSummary } from '@powerrag/protocol';
import { memo } from 'react';
import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { formatAbsolute, formatCompact, formatCount, formatDuration, formatRelative, NOTHING } from '../ui/format.js';
import { plainWords } from '../ui/plain-words.js';
import { Name, titleText } from '../ui/shown-text.js';
import { type Condition, conditionLabel, withCondition } from './filter-edits.js';
import { ScoreChips } from './score-chips.js';
import { Sparkline } from './sparkline.js';

/** Tags that a row has room for. */
const MOST_TAGS = 4;

/** What a session is about, in words; then its figures. The whole row leads to the session. */
export const SessionRow = memo(function SessionRow({
  session,
  activity,
  list,
  cost,
  nowMs,
  isSelected,
  onSelect,
}: {
  readonly session: SessionSummary;
  /** Absent until it has arrived. */
  readonly activity: SessionActivity | undefined;
  readonly list: ListView;
  readonly cost: string;
  readonly nowMs: number;
  readonly isSelected: boolean;
  readonly onSelect: (id: string, isSelected: boolean) => void;
}) {
  const title = session.name ?? session.id;
  return (
    <tr data-selected={isSelected || undefined}>
      <td className="sessions-check">
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={`Select ${titleText(title)}`}
          onChange={(event) => onSelect(session.id, event.target.checked)}
        />
      </td>
      <td className="sessions-about">
        <Link href={SESSION_PAGE.of(session.id)} data-session-id={session.id} className="sessions-name">
          <Name text={title} />
        </Link>
        {session.lastAnswer !== null && (
          <p className="sessions-answer">
            <Name text={plainWords(session.lastAnswer)} />
          </p>
        )}
        <div className="sessions-labels">
          {session.name !== null && <Name className="id" text={session.id} most={60} titled />}
          {session.environment !== null && (
            <Narrow list={list} condition={{ name: 'environment', value: session.environment }} look="chip" />
          )}
          {activity !== undefined && <ScoreChips list={list} judged={activity} />}
          {session.tags.slice(0, MOST_TAGS).map((tag) => (
            <Narrow key={tag} list={list} condition={{ name: 'tag', value: tag }} look="chip" />
          ))}
          {session.tags.length > MOST_TAGS && <span className="quiet">+{session.tags.length - MOST_TAGS}</span>}
        </div>
      </td>
      <td className="sessions-user">
        <FirstOf list={list} name="userId" values={session.userIds} />
      </td>
      <td className="sessions-model">
        <FirstOf list={list} name="model" values={session.models} />
      </td>
      <td className="sessions-activity">
        {activity !== undefined && <Sparkline activity={activity.activity} errors={activity.errors} />}
      </td>
      <td className="number sessions-turns" title={formatCount(session.turnCount)}>
        {session.turnCount === 0 ? <Nothing /> : formatCompact(session.turnCount)}
      </td>
      <td
        className="number sessions-tokens"
        title={`${formatCount(session.inputTokens)} in, ${formatCount(session.outputTokens)} out`}
      >
        {session.totalTokens === 0 ? <Nothing /> : formatCompact(session.totalTokens)}
      </td>
      <td className="number sessions-cost">{cost}</td>
      <td className="number sessions-errors" data-none={session.errorCount === 0 || undefined}>
        {session.errorCount === 0 ? (
          <span className="quiet">0</span>
        ) : (
          <span className="chip" data-tone="danger">
            {formatCount(session.errorCount)}
            <span className="sessions-errors-word">{session.errorCount === 1 ? 'error' : 'errors'}</span>
          </span>
        )}
      </td>
      <td className="number sessions-duration">{formatDuration(session.lastActivityMs - session.startMs)}</td>
      <td className="number sessions-last">
        <time dateTime={new Date(session.lastActivityMs).toISOString()} title={formatAbsolute(session.lastActivityMs)}>
          {formatRelative(session.lastActivityMs, nowMs)}
        </time>
      </td>
    </tr>
  );
});

/** The first of several values, and how many there are besides. */
function FirstOf({
  list,
  name,
  values,
}: {
  readonly list: ListView;
  readonly name: string;
  readonly values: readonly string[];
}) {
  const [first, ...others] = values;
  if (first === undefined) return <Nothing />;
  return (
    <>
      <Narrow list={list} condition={{ name, value: first }} />
      {others.length > 0 && (
        <span className="quiet" title={others.map((other) => titleText(other)).join(', ')}>
          {' '}
          +{others.length}
        </span>
      )}
    </>
  );
}

/** A value that narrows the list further when it is clicked. */
function Narrow({
  list,
  condition,
  look,
}: {
  readonly list: ListView;
  readonly condition: Condition;
  readonly look?: string;
}) {
  const href = listAddress({ ...list, filter: withCondition(list.filter, condition) });
  return (
    <Link
      className={look}
      href={href}
      title={`${conditionLabel(condition.name)} ${titleText(condition.value)}: show only such sessions`}
    >
      <Name text={condition.value} />
    </Link>
  );
}

function Nothing() {
  return <span className="quiet">{NOTHING}</span>;
}
