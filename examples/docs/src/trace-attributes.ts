import '@powerrag/exporter/register';
import { startActiveObservation, updateActiveTrace } from '@powerrag/tracing';

await startActiveObservation('answer-question', async (turn) => {
  updateActiveTrace({
    name: 'answer',
    sessionId: 'chat-1',
    userId: 'visitor-1',
    tags: ['beta', 'search'],
    metadata: { channel: 'web' },
    version: '2026.11',
  });
  turn.update({ input: 'How are you?', output: 'Fine.' });
});
