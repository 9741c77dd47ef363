import '@powerrag/exporter/register';
import { startObservation } from '@powerrag/tracing';

const startTime = new Date('2026-11-24T09:00:00Z');
startObservation('nightly-import', { output: { rows: 1200 } }, { startTime }).end(startTime.getTime() + 2_500);
