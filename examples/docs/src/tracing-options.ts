import '@powerrag/exporter/register';
import { configureTracing, startObservation } from '@powerrag/tracing';

configureTracing({ genAiAttributes: true });

startObservation(
  'answer',
  { model: 'gpt-4o-mini', usageDetails: { input: 14, output: 2 } },
  { asType: 'generation' },
).end();
