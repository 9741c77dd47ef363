import { useCallback } from 'react';
import { CopyButton } from '../ui/copy-button.js';
import {
  formatAbsolute,
  formatClock,
  formatCompact,
  formatCost,
  formatCount,
  formatDuration,
  formatOffset,
} from '../ui/format.js';
import { IconButton } from '../ui/icon-button.js';
import { Name, titleText } from '../ui/shown-text.js';
import { useReplay, useReplayState } from './state/replay-context.js';
import type { ReplayState } from './state/replay-store.js';
import type { SessionHistory } from './state/session-history.js';

/** Who and when, the totals, and the same figures as of the playhead. */
export function SessionHeader({ onHelp }: { readonly onHelp: () => void }) {
  const { history } = useReplay();
  const { session, startedAtMs } = history.document;
  return (
    <header className="session-header">
      <div className="session-title">
        <h1 title={titleText(session.id)}>
          <Name text={session.id} />
        </h1>
        <CopyButton label="Copy the session id" text={() => session.id} />
        <div className="session-labels">
          {session.userIds.map((user) => (
            <span key={user} className="chip" title="User">
              <Name text={user} />
            </span>
          ))}
          {session.environment !== null && (
            <span className="chip" title="Environment">
              <Name text={session.environment} />
            </span>
          )}
          {session.tags.map((tag) => (
            <span key={tag} className="chip" title="Tag">
              <Name text={tag} />
            </span>
          ))}
          <time className="session-start" dateTime={new Date(startedAtMs).toISOString()}>
            {formatAbsolute(startedAtMs)}
          </time>
        </div>
      </div>
      <Figures />
      <IconButton icon="keyboard" label="Keyboard shortcuts" onClick={onHelp} />
    </header>
  );
}

/** Each figure as of the playhead, out of the whole. */
function Figures() {
  const { history } = useReplay();
  const { session, durationMs } = history.document;
  const text = useReplayState(useCallback((state: ReplayState) => asOfText(history, state.playheadMs), [history]));
  const [started = '', tokens = '', cost = '', errors = '', running = '', offset = '', clock = '', whole = ''] =
    text.split('|');
  const ended = whole === 'whole';
  return (
    <dl
      className="figures"
      aria-label={ended ? 'Totals of the session' : 'Totals as of the playhead'}
      data-whole={ended}
    >
      <Figure
        name={ended ? 'Duration' : 'As of'}
        value={ended ? formatDuration(durationMs) : offset}
        of={ended ? '' : clock}
      />
      <Figure name="Traces" value={formatCount(session.traceCount)} />
      <Figure name="Observations" value={started} of={ended ? '' : formatCount(session.observationCount)} />
      <Figure name="Tokens" value={tokens} of={ended ? '' : formatCompact(session.totalTokens)} />
      <Figure name="Cost" value={cost} of={ended || session.totalCost === null ? '' : formatCost(session.totalCost)} />
      <Figure name="Errors" value={errors} of={ended ? '' : String(session.errorCount)} danger={errors !== '0'} />
      <Figure name="Running" value={running} live={running !== '0'} />
    </dl>
  );
}

function Figure({
  name,
  value,
  of = '',
  danger = false,
  live = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly of?: string;
  readonly danger?: boolean;
  readonly live?: boolean;
}) {
  return (
    <div className="figure" data-figure={name} data-danger={danger || undefined} data-live={live || undefined}>
      <dt>{name}</dt>
      <dd>
        {value}
        {of !== '' && <span className="figure-of"> / {of}</span>}
      </dd>
    </div>
  );
}

/** One string, so that the header draws again only when a digit of it changes. */
function asOfText(history: SessionHistory, timeMs: number): string {
  const asOf = history.asOf(timeMs);
  return [
    formatCount(asOf.startedCount),
    formatCompact(asOf.totalTokens),
    formatCost(asOf.totalCost),
    asOf.errorCount,
    asOf.runningCount,
    formatOffset(timeMs),
    formatClock(history.document.startedAtMs + timeMs),
    timeMs >= history.document.durationMs ? 'whole' : 'part',
  ].join('|');
}
