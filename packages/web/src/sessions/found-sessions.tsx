import { SESSION_PAGE, type SearchMatch, type SearchResult, type SessionFilter } from '@powerrag/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { Link } from 'wouter';
import { searchQuery } from '../api/queries.js';
import { formatAbsolute, formatDuration, formatRelative, plural } from '../ui/format.js';
import { Notice } from '../ui/notice.js';
import { plainMarkedWords } from '../ui/plain-words.js';
import { MarkedText, Name } from '../ui/shown-text.js';
import { TableShape } from './table-shape.js';

const KINDS: Record<SearchMatch['kind'], string> = {
  question: 'Question',
  answer: 'Answer',
  tool: 'Tool',
  error: 'Error',
  observation: 'Step',
};

/** The sessions in which a text was said, each with the places; a place opens the session at that moment. */
export function FoundSessions({
  text,
  filter,
  nowMs,
}: {
  readonly text: string;
  readonly filter: SessionFilter;
  readonly nowMs: number;
}) {
  const found = useInfiniteQuery(searchQuery(text, filter));
  const results = found.data?.pages.flatMap((page) => page.data) ?? [];
  if (found.isPending) return <TableShape />;
  if (found.isError && results.length === 0) {
    return (
      <Notice title="The search could not be made" tone="danger">
        <p>{found.error.message}</p>
        <button type="button" className="button" onClick={() => void found.refetch()}>
          Try again
        </button>
      </Notice>
    );
  }
  if (results.length === 0 && !found.hasNextPage) {
    return (
      <Notice title="Nothing was found." icon="search">
        <p>Every word must be in the same trace. Fewer words or filters find more.</p>
      </Notice>
    );
  }
  return (
    <>
      <ol className="found" aria-label="Found sessions">
        {results.map((result) => (
          <FoundSession key={result.session.id} result={result} nowMs={nowMs} />
        ))}
      </ol>
      {found.hasNextPage && (
        <button
          type="button"
          className="button found-more"
          disabled={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {found.isFetchingNextPage ? 'Searching…' : 'Search further'}
        </button>
      )}
    </>
  );
}

function FoundSession({
  result: { session, matches },
  nowMs,
}: {
  readonly result: SearchResult;
  readonly nowMs: number;
}) {
  // Several sessions may have one title: what else they have tells them apart, and their ids always do.
  const { userIds, models, services, environment } = session;
  const origin = Object.entries({ userIds, models, services, environment: [environment ?? ''] }).flatMap(firstOf);
  return (
    <li className="found-session">
      <div className="found-head">
        <Link href={SESSION_PAGE.of(session.id)} data-session-id={session.id} className="sessions-name">
          <Name text={session.name ?? session.id} />
        </Link>
        <time dateTime={new Date(session.lastActivityMs).toISOString()} title={formatAbsolute(session.lastActivityMs)}>
          {formatRelative(session.lastActivityMs, nowMs)}
        </time>
      </div>
      <p className="found-about quiet">
        {session.name !== null && (
          <>
            <Name className="id" text={session.id} most={60} titled />
            {' · '}
          </>
        )}
        {origin.map(({ kind, value, more }) => (
          <Fragment key={kind}>
            <Name text={value} most={60} titled />
            {more > 0 && ` +${more}`}
            {' · '}
          </Fragment>
        ))}
        {plural(session.turnCount, 'turn')}
        {session.errorCount > 0 && <span className="found-errors"> · {plural(session.errorCount, 'error')}</span>}
        {' · '}
        {formatDuration(session.lastActivityMs - session.startMs)}
      </p>
      <ul>
        {matches.map((match) => (
          <li key={`${match.traceId} ${match.observationId} ${match.kind} ${match.atMs} ${match.text}`}>
            <Link className="found-match" data-kind={match.kind} href={addressOf(session.id, match, session.startMs)}>
              <span className="found-kind">{KINDS[match.kind]}</span>
              <span className="found-text" dir="auto">
                <Snippet match={match} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </li>
  );
}

/** The first of several values and how many others there are; nothing of none. */
function firstOf([kind, values]: readonly [string, readonly string[]]): {
  readonly kind: string;
  readonly value: string;
  readonly more: number;
}[] {
  const [value = ''] = values;
  return value === '' ? [] : [{ kind, value, more: values.length - 1 }];
}

function addressOf(sessionId: string, { traceId, observationId, atMs }: SearchMatch, startMs: number): string {
  const t = String(Math.max(0, Math.round(atMs - startMs)));
  return SESSION_PAGE.of(sessionId, { trace: traceId, observation: observationId, t });
}

/** Answers are markdown, and are shown in one line here. */
function Snippet({ match }: { readonly match: SearchMatch }) {
  const { text, ranges } = match.kind === 'answer' ? plainMarkedWords(match) : match;
  const parts = ranges.map(([start, end], at) => {
    const before = text.slice(ranges[at - 1]?.[1] ?? 0, start);
    return (
      <span key={start}>
        <MarkedText text={before} />
        <mark>
          <MarkedText text={text.slice(start, end)} />
        </mark>
      </span>
    );
  });
  return [...parts, <MarkedText key="rest" text={text.slice(ranges.at(-1)?.[1] ?? 0)} />];
}
