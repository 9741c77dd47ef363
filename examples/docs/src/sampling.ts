import { register } from '@powerrag/exporter';
import { observe, propagateAttributes } from '@powerrag/tracing';

const tracing = register({
  serviceName: 'bookshop',
  // A tenth of all sessions; besides, every session with an error, of this user, or with this tag.
  sampling: { share: 0.1, users: ['ada'], tags: ['beta'] },
});

const sell = observe(async (book: string) => `sold ${book}`, { name: 'sell', asType: 'tool' });
await propagateAttributes({ sessionId: 'visit-1', userId: 'ada' }, () => sell('Momo'));
await propagateAttributes({ sessionId: 'visit-2', userId: 'bob' }, () => sell('Ronja'));

await tracing.shutdown();
const { delivered, sampledOut } = tracing.processor.stats();
console.log({ delivered, sampledOut });
