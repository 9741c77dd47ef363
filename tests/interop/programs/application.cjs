/** As `application.mjs`, in CommonJS; loads the exporter as well, whose `register()` must find what was set up already. */
const { setTimeout: sleep } = require('node:timers/promises');
const { register } = require('@powerrag/exporter');
const { observe, updateActiveTrace } = require('@powerrag/tracing');

register();
const answer = observe(async () => 'Paris', { name: 'answer', asType: 'generation' });
const turn = observe(
  async () => {
    await sleep(1);
    await answer();
    updateActiveTrace({ sessionId: 'set up from outside' });
  },
  { name: 'turn' },
);
void turn();
