import {
  SpanAttributeKeys as Keys,
  observe,
  propagateAttributes,
  startActiveObservation,
  startObservation,
  updateActiveTrace,
} from '@powerrag/tracing';
import type { Checks } from './contract.js';
import { type Recorded, same } from './recorded.js';

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** The session id of each ended span, by its name. */
function sessionsOf({ spans }: Recorded): Record<string, unknown> {
  return Object.fromEntries(spans.map((span) => [span.name, span.attributes[Keys.sessionId]]).sort());
}

export const sessions: Checks = {
  'updateTrace sets what belongs to the trace through an observation': {
    run(recorded) {
      startObservation('chat')
        .updateTrace({ sessionId: 's-1', userId: 'ada', name: 'Chat', tags: ['a', 'b'], metadata: { plan: 'free' } })
        .updateTrace({ tags: ['b', 'c'], public: true })
        .end();
      same(recorded.named('chat').attributes, {
        [Keys.observationType]: 'span',
        [Keys.sessionId]: 's-1',
        [Keys.userId]: 'ada',
        [Keys.traceName]: 'Chat',
        [Keys.traceTags]: ['a', 'b', 'c'],
        [`${Keys.traceMetadata}.plan`]: 'free',
        [Keys.tracePublic]: true,
      });
    },
  },
  'updateActiveTrace sets the session from deep inside, also after an await': {
    needsAsyncContext: true,
    async run(recorded) {
      const step = observe(
        async () => {
          await later();
          updateActiveTrace({ sessionId: 's-1' });
        },
        { name: 'step' },
      );
      await observe(async () => later().then(step), { name: 'chat' })();
      same(recorded.attribute('step', Keys.sessionId), 's-1');
    },
  },
  'propagateAttributes gives the session to everything that starts in it': {
    needsAsyncContext: true,
    async run(recorded) {
      await startActiveObservation('chat', () =>
        propagateAttributes({ sessionId: 's-1', metadata: { plan: 'free' } }, async () => {
          startObservation('before').end();
          await later();
          startObservation('after').end();
        }),
      );
      same(sessionsOf(recorded), { after: 's-1', before: 's-1', chat: 's-1' });
      same(recorded.attribute('after', `${Keys.traceMetadata}.plan`), 'free');
    },
  },
  'two conversations at the same time keep their sessions apart': {
    needsAsyncContext: true,
    async run(recorded) {
      const chat = observe(
        async (id: string) =>
          propagateAttributes({ sessionId: id }, async () => {
            await later();
            startObservation(`first ${id}`).end();
            await later();
            startObservation(`second ${id}`).end();
          }),
        { name: 'chat' },
      );
      await Promise.all([chat('a'), chat('b')]);
      const { chat: _roots, ...steps } = sessionsOf(recorded);
      same(steps, { 'first a': 'a', 'first b': 'b', 'second a': 'a', 'second b': 'b' });
      same(new Set(recorded.spans.map((span) => span.spanContext().traceId)).size, 2);
    },
  },
};
