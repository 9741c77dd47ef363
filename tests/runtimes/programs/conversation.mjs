import { observe, startObservation, updateActiveTrace } from '@powerrag/tracing';

const answer = observe(
  async () => {
    startObservation('search', {}, { asType: 'retriever' }).end();
    await new Promise((resolve) => setTimeout(resolve, 1));
    updateActiveTrace({ sessionId: 'conversation' });
    return 'Because.';
  },
  { name: 'answer', asType: 'generation' },
);

/** Three observations, with the session set on the second when the third has ended. */
export const converse = observe(async () => answer(), { name: 'chat' });
