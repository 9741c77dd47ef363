/** An application that knows nothing of the exporter: set up from outside. As an ECMAScript module. */
import { setTimeout as sleep } from 'node:timers/promises';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const answer = observe(async () => 'Paris', { name: 'answer', asType: 'generation' });
await observe(
  async () => {
    await sleep(1);
    await answer();
    updateActiveTrace({ sessionId: 'set up from outside' });
  },
  { name: 'turn' },
)();
