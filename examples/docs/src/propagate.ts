import '@powerrag/exporter/register';
import { observe, propagateAttributes } from '@powerrag/tracing';

const answer = observe(async (question: string) => `You asked: ${question}`, { name: 'answer' });

await propagateAttributes({ sessionId: 'chat-1', userId: 'visitor-1' }, async () => {
  await answer('first question');
  await answer('second question');
});

await propagateAttributes({ sessionId: 'chat-1', asBaggage: true }, async () => {
  await answer('third question');
});
