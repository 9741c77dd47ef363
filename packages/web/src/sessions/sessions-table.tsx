import { SESSION_PAGE, type SessionSummary } from '@powerrag/protocol';
import { Link } from 'wouter';
import { sessionsAddress } from '../api/address.js';
import type { SessionFilter } from '../api/client.js';
import {
  costColumn,
  formatAbsolute,
  formatCompact,
  formatCount,
  formatDuration,
  formatRelative,
  NOTHING,
} from '../ui/format.js';
import { Name, titleText } from '../ui/shown-text.js';

export function SessionsTable({
  rows,
  filter,
  nowMs,
}: {
  readonly rows: readonly SessionSummary[];
  /** What the list is narrowed to; the links of a row narrow it further. */
  readonly filter: SessionFilter;
  readonly nowMs: number;
}) {
  const formatColumnCost = costColumn(rows.map((session) => session.totalCost));
  return (
    <div className="sessions-card">
      <table className="sessions-table" aria-label="Sessions">
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">User</th>
            <th scope="col" className="number wide">
              Traces
            </th>
            <th scope="col" className="number wide">
              Observations
            </th>
            <th scope="col" className="number wide">
              Duration
            </th>
            <th scope="col" className="number">
              Tokens
            </th>
            <th scope="col" className="number">
              Cost
            </th>
            <th scope="col" className="number">
              Errors
            </th>
            <th scope="col" className="number">
              Last activity
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              filter={filter}
              cost={formatColumnCost(session.totalCost)}
              nowMs={nowMs}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SessionRow({
  session,
  filter,
  cost,
  nowMs,
}: {
  readonly session: SessionSummary;
  readonly filter: SessionFilter;
  readonly cost: string;
  readonly nowMs: number;
}) {
  const [user, ...otherUsers] = session.userIds;
  return (
    <tr>
      <td className="sessions-id">
        <Link href={SESSION_PAGE.of(session.id)} data-session-id={session.id} title={titleText(session.id)}>
          <Name text={session.id} />
        </Link>
        <span className="sessions-labels">
          {session.environment !== null && (
            <Link className="chip" href={sessionsAddress({ ...filter, environment: session.environment })}>
              <Name text={session.environment} />
            </Link>
          )}
          {session.tags.slice(0, 3).map((tag) => (
            <Link key={tag} className="chip" href={sessionsAddress({ ...filter, tag })}>
              <Name text={tag} />
            </Link>
          ))}
          {session.tags.length > 3 && <span className="chip">+{session.tags.length - 3}</span>}
        </span>
      </td>
      <td className="sessions-user">
        {user === undefined ? (
          <span className="quiet">{NOTHING}</span>
        ) : (
          <Link href={sessionsAddress({ ...filter, userId: user })} title={`Only sessions of ${titleText(user)}`}>
            <Name text={user} />
          </Link>
        )}
        {otherUsers.length > 0 && <span className="quiet"> +{otherUsers.length}</span>}
      </td>
      <td className="number wide">{formatCount(session.traceCount)}</td>
      <td className="number wide">{formatCount(session.observationCount)}</td>
      <td className="number wide">{formatDuration(session.lastActivityMs - session.startMs)}</td>
      <td className="number" title={`${formatCount(session.inputTokens)} in, ${formatCount(session.outputTokens)} out`}>
        {session.totalTokens === 0 ? <span className="quiet">{NOTHING}</span> : formatCompact(session.totalTokens)}
      </td>
      <td className="number">{cost}</td>
      <td className="number">
        {session.errorCount === 0 ? (
          <span className="quiet">0</span>
        ) : (
          <span className="chip" data-tone="danger">
            {formatCount(session.errorCount)}
          </span>
        )}
      </td>
      <td className="number">
        <time dateTime={new Date(session.lastActivityMs).toISOString()} title={formatAbsolute(session.lastActivityMs)}>
          {formatRelative(session.lastActivityMs, nowMs)}
        </time>
      </td>
    </tr>
  );
}
