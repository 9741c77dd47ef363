import type { ReplayTrace } from '@powerrag/protocol';
import { Link } from 'wouter';
import { sessionsAddress } from '../../api/address.js';
import { formatAbsolute, formatCost, formatCount, formatDuration } from '../../ui/format.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { useReplay } from '../state/replay-context.js';
import { traceName } from '../state/trace-name.js';
import { useOffset } from '../state/use-offset.js';
import { type Fact, Facts } from './facts.js';
import { Metadata } from './metadata.js';
import { Block } from './section.js';

export function TraceDetails({ trace }: { readonly trace: ReplayTrace }) {
  const { history, store } = useReplay();
  const offset = useOffset();
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
            {offset(trace.startMs)}
          </button>
        </div>
        <h2>
          <Name text={traceName(trace)} />
        </h2>
        <Facts
          prominent
          facts={[
            ['Duration', history.isRunning(trace.id) ? 'running' : formatDuration(trace.endMs - trace.startMs)],
            ['Observations', formatCount(trace.observationCount)],
            ['Errors', formatCount(trace.errorCount)],
            ['Tokens', trace.totalTokens === 0 ? null : formatCount(trace.totalTokens)],
            ['Cost', trace.totalCost === null ? null : formatCost(trace.totalCost)],
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
