import { type MessagePart, type ReplayTurn, SESSION_PAGE, type SessionSummary } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { replayQuery } from '../api/queries.js';
import { formatCost, formatDuration, formatOffset, formatTokens, plural } from '../ui/format.js';
import { previewJson } from '../ui/json-text.js';
import { MarkdownLater } from '../ui/markdown-later.js';
import { Notice } from '../ui/notice.js';
import { shortened } from '../ui/shortened.js';
import { MarkedText, Name } from '../ui/shown-text.js';

/** A reader who walks through rows does not ask for each. */
const REST_MS = 200;
const MOST_TURNS = 30;
const MOST_UNITS = 600;

/** The conversation of a session in short, beside the list. */
export function Preview({ session }: { readonly session: SessionSummary | undefined }) {
  const id = useRested(session?.id);
  const replay = useQuery({ ...replayQuery(id ?? ''), enabled: id !== undefined, refetchInterval: false });
  if (session === undefined) {
    return (
      <aside className="preview" aria-label="Preview">
        <Notice title="Choose a session to read it here." />
      </aside>
    );
  }
  const turns = id === session.id ? replay.data?.turns : undefined;
  return (
    <aside className="preview" aria-label="Preview">
      <header className="preview-head">
        <h2>
          <Name text={session.name ?? session.id} />
        </h2>
        <p className="quiet">
          {[
            formatDuration(session.lastActivityMs - session.startMs),
            plural(session.observationCount, 'step'),
            formatTokens(session.totalTokens),
            formatCost(session.totalCost),
          ].join(' · ')}
        </p>
        <Link className="button" href={SESSION_PAGE.of(session.id)}>
          Open
        </Link>
      </header>
      {replay.isError && <Notice title={replay.error.message} tone="danger" />}
      {turns === undefined && !replay.isError && <PreviewShape />}
      <ol className="preview-turns">
        {turns?.slice(0, MOST_TURNS).map((turn) => (
          <PreviewTurn key={`${turn.traceId} ${turn.startMs}`} turn={turn} sessionId={session.id} />
        ))}
      </ol>
      {turns !== undefined && turns.length > MOST_TURNS && (
        <p className="quiet preview-more">{plural(turns.length - MOST_TURNS, 'more turn', 'more turns')}</p>
      )}
    </aside>
  );
}

function PreviewTurn({ turn, sessionId }: { readonly turn: ReplayTurn; readonly sessionId: string }) {
  const said = turn.messages.flatMap(({ role, parts, observationId }, at) => {
    const text = parts.map(previewOf).filter(Boolean).join('\n');
    const isShown = text !== '' && (role === 'user' || role === 'assistant');
    return isShown ? [{ key: `${observationId} ${at}`, role, text }] : [];
  });
  return (
    <li>
      <Link
        className="preview-time"
        href={SESSION_PAGE.of(sessionId, { trace: turn.traceId, t: String(Math.round(turn.startMs)) })}
      >
        {formatOffset(turn.startMs, 0)}
        {turn.errors.length > 0 && <span className="preview-errors"> · {plural(turn.errors.length, 'error')}</span>}
      </Link>
      {said.map(({ key, role, text }) => (
        <div key={key} className="preview-said" data-role={role}>
          <Words text={shortened(text, MOST_UNITS)} markdown={role === 'assistant'} />
        </div>
      ))}
    </li>
  );
}

function Words({ text, markdown }: { readonly text: string; readonly markdown: boolean }) {
  const plain = (
    <p dir="auto">
      <MarkedText text={text} />
    </p>
  );
  return markdown ? <MarkdownLater text={text} until={plain} /> : plain;
}

/** The beginning of a part that says something, in one text. */
function previewOf(part: MessagePart): string {
  if (part.type === 'text') return part.text;
  return part.type === 'json' ? previewJson(part.value, MOST_UNITS) : '';
}

/** The shape of a conversation that is still to come. */
function PreviewShape() {
  return (
    <div className="shape" aria-hidden="true">
      <span />
      <span />
      <span />
      <span />
    </div>
  );
}

/** A value once it has stayed the same for a moment. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
