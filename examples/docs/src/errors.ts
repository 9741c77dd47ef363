import '@powerrag/exporter/register';
import { observe, startObservation } from '@powerrag/tracing';

const fetchRates = observe(
  async (_currency: string) => {
    throw new Error('the exchange is closed');
  },
  { name: 'fetch-rates', asType: 'tool' },
);

// The error is recorded, and you handle it as before.
await fetchRates('EUR').catch((error: Error) => console.log(`told the user: ${error.message}`));

const check = startObservation('check-answer', {}, { asType: 'evaluator' });
check.update({ level: 'WARNING', statusMessage: 'no source was cited' }).end();
