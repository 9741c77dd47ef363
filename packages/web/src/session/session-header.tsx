import { type RefObject, useCallback, useContext, useEffect, useMemo, useRef } from 'react';
import { Link } from 'wouter';
import { compareAddress } from '../api/address.js';
import { CopyButton } from '../ui/copy-button.js';
import {
  formatAbsolute,
  formatCompact,
  formatCost,
  formatCount,
  formatDay,
  formatDuration,
  NOTHING,
} from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { IconButton } from '../ui/icon-button.js';
import { Name, titleText } from '../ui/shown-text.js';
import { Beside } from './beside.js';
import { SessionLabels } from './session-labels.js';
import { ShareButton } from './share/share-button.js';
import { OfflineContext } from './state/offline-context.js';
import { useReplay, useReplayState } from './state/replay-context.js';
import type { ReplayState } from './state/replay-store.js';
import type { SessionHistory } from './state/session-history.js';
import { sessionTitle } from './state/session-title.js';
import { useClock } from './state/use-clock.js';
import { useOffset } from './state/use-offset.js';

/** Who and when, the totals, and the same figures as of the playhead. */
export function SessionHeader({ onHelp }: { readonly onHelp: () => void }) {
  const { history, isLive } = useReplay();
  const { session, startedAtMs } = history.document;
  const title = useMemo(() => sessionTitle(history.document), [history]);
  const isOffline = useContext(OfflineContext);
  const heading = useFocusAtFirst<HTMLHeadingElement>();
  return (
    <header className="session-header">
      <div className="session-title">
        <h1 ref={heading} tabIndex={-1} title={titleText(title)}>
          <Name text={title} />
        </h1>
        <div className="session-labels">
          {isLive && (
            <span className="session-live" title="The session goes on, and what is new is shown as it comes">
              Live
            </span>
          )}
          <span className="session-id">
            <Name className="id" text={session.id} most={80} titled />
            <CopyButton label="Copy the session id" text={() => session.id} />
          </span>
          <time
            className="session-start"
            dateTime={new Date(startedAtMs).toISOString()}
            title={formatAbsolute(startedAtMs)}
          >
            {formatDay(startedAtMs)}
          </time>
          <SessionLabels session={session} />
        </div>
      </div>
      <Figures />
      <div className="session-tools">
        {!isOffline && <Beside sessionId={session.id} />}
        {!isOffline && (
          <Link
            className="icon-button"
            href={compareAddress([{ sessionId: session.id, turn: null }, null])}
            title="Compare with another session, or its turns with one another"
          >
            <Icon name="compare" />
            <span className="visually-hidden">Compare</span>
          </Link>
        )}
        <ShareButton />
        {isOffline && <IconButton icon="keyboard" label="Keyboard" look="for-keyboards" onClick={onHelp} />}
      </div>
    </header>
  );
}

/** Each figure as of the playhead, out of the whole. */
function Figures() {
  const { history } = useReplay();
  const { session, durationMs } = history.document;
  const clockAt = useClock();
  const offset = useOffset();
  const text = useReplayState(
    useCallback(
      (state: ReplayState) => asOfText(history, state.playheadMs, offset, clockAt),
      [history, offset, clockAt],
    ),
  );
  const [
    traces = '',
    started = '',
    tokens = '',
    cost = '',
    errors = '',
    running = '',
    at = '',
    clock = '',
    whole = '',
  ] = text.split('|');
  const ended = whole === 'whole';
  return (
    <dl
      className="figures"
      aria-label={ended ? 'Totals of the session' : 'Totals as of the playhead'}
      data-whole={ended}
    >
      <Figure
        name={ended ? 'Duration' : 'As of'}
        value={ended ? formatDuration(durationMs) : at}
        of={ended ? '' : clock}
      />
      <Figure name="Traces" value={traces} of={ended ? '' : formatCount(session.traceCount)} />
      <Figure name="Observations" value={started} of={ended ? '' : formatCount(session.observationCount)} />
      <Figure name="Tokens" value={tokens} of={ended ? '' : formatCompact(session.totalTokens)} />
      <Figure name="Cost" value={cost} of={ended || session.totalCost === null ? '' : formatCost(session.totalCost)} />
      <Figure name="Errors" value={errors} of={ended ? '' : String(session.errorCount)} danger={errors !== '0'} />
      <Figure name="Running" value={running === '0' ? NOTHING : running} live={running !== '0'} />
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
function asOfText(
  history: SessionHistory,
  timeMs: number,
  offset: (timeMs: number) => string,
  clockAt: (timeMs: number) => string,
): string {
  const asOf = history.asOf(timeMs);
  return [
    formatCount(asOf.traceCount),
    formatCount(asOf.startedCount),
    formatCompact(asOf.totalTokens),
    formatCost(asOf.totalCost),
    asOf.errorCount,
    asOf.runningCount,
    offset(timeMs),
    clockAt(timeMs),
    timeMs >= history.document.durationMs ? 'whole' : 'part',
  ].join('|');
}

/** Gives the focus to an element that has just appeared, where nothing else has it: the keyboard goes on from there. */
function useFocusAtFirst<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) {
      element.current?.focus({ preventScroll: true });
    }
  }, []);
  return element;
}
