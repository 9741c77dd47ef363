import type { ReplayTrace } from '@powerrag/protocol';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { sessionsAddress } from '../../api/address.js';
import { formatAbsolute, formatCost, formatCount, formatDuration, formatOffset } from '../../ui/format.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { useReplay } from '../state/replay-context.js';
import { traceName } from '../state/trace-name.js';
import { type Fact, Facts } from './facts.js';
import { Metadata } from './metadata.js';
import { Block } from './section.js';
import { traceAsOf } from './trace-as-of.js';
import { usePassed } from './use-passed.js';

export function TraceDetails({ trace }: { readonly trace: ReplayTrace }) {
  const { history, store } = useReplay();
  const { figures, isWhole } = useAsOf(trace);
  return (
    <>
      <header className="details-head">
        <div className="details-title">
          <span className="chip">trace</span>
          {trace.tags.map((tag) => (
            <Link
              key={tag}
              className="chip"
              href={sessionsAddress({ tag: [tag] })}
              title={`Sessions with the tag ${titleText(tag)}`}
            >
              <Name text={tag} />
            </Link>
          ))}
          <button type="button" className="text-button details-seek" onClick={() => store.seek(trace.startMs)}>
            {formatOffset(trace.startMs)}
          </button>
        </div>
        <h2>
          <Name text={traceName(trace)} />
        </h2>
        <Facts
          prominent
          facts={[
            [
              'Duration',
              history.isRunning(trace.id) || !isWhole ? 'running' : formatDuration(trace.endMs - trace.startMs),
            ],
            ['Observations', formatCount(figures.observationCount)],
            ['Errors', formatCount(figures.errorCount)],
            ['Tokens', figures.totalTokens === 0 ? null : formatCount(figures.totalTokens)],
            ['Cost', figures.totalCost === null ? null : formatCost(figures.totalCost)],
          ]}
        />
      </header>
      <Metadata metadata={trace.metadata} />
      <Block title="Origin" shown>
        <Facts
          facts={[
            ['Started', formatAbsolute(history.document.startedAtMs + trace.startMs)],
            ['User', trace.userId, { href: sessionsAddress({ userId: [trace.userId ?? ''] }) }],
            ['Environment', trace.environment, { href: sessionsAddress({ environment: [trace.environment ?? ''] }) }],
            ['Release', trace.release],
            ['Version', trace.version],
            ['Trace id', trace.id, 'copy'],
          ]}
        />
      </Block>
      <Block title="Conversations named in this trace" shown={trace.conversationIds.length > 0}>
        <Facts
          facts={trace.conversationIds.map(
            (id): Fact => ['Conversation id', id, { href: sessionsAddress({ conversationId: [id] }) }],
          )}
        />
      </Block>
    </>
  );
}

/** The figures of a trace as of the playhead. They are made again only when something in the trace begins or ends. */
function useAsOf(trace: ReplayTrace) {
  const { history } = useReplay();
  const own = useMemo(() => history.observations.filter(({ traceId }) => traceId === trace.id), [history, trace.id]);
  const moments = useMemo(
    () => Float64Array.from([trace.endMs, ...own.flatMap(({ startMs, endMs }) => [startMs, endMs ?? startMs])]).sort(),
    [trace.endMs, own],
  );
  const timeMs = usePassed(moments);
  const isWhole = timeMs === Number.POSITIVE_INFINITY;
  return useMemo(() => ({ figures: traceAsOf(trace, own, timeMs), isWhole }), [trace, own, timeMs, isWhole]);
}
