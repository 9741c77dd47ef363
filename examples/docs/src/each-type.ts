import '@powerrag/exporter/register';
import { startActiveObservation, startObservation } from '@powerrag/tracing';

await startActiveObservation(
  'support-agent',
  async () => {
    startObservation('is-allowed', { input: 'My order?', output: true }, { asType: 'guardrail' }).end();
    startObservation(
      'embed-question',
      { model: 'small-embedder', usageDetails: { input: 2 } },
      { asType: 'embedding' },
    ).end();
    startObservation('find-orders', { input: 'order', output: [{ id: 7 }] }, { asType: 'retriever' }).end();
    startObservation('cancel-order', { input: { id: 7 }, output: 'done' }, { asType: 'tool' }).end();
    startObservation('summarise', { output: 'Order 7 was cancelled.' }, { asType: 'chain' }).end();
    startObservation('phrase-answer', { model: 'small-writer', output: 'Done!' }, { asType: 'generation' }).end();
    startObservation('is-polite', { output: { score: 0.9 } }, { asType: 'evaluator' }).end();
    startObservation('order-cancelled', { metadata: { order: 7 } }, { asType: 'event' });
    startObservation('tidy-up').end();
  },
  { asType: 'agent' },
);
