/** An application whose machine's clock is set back and forth by an hour while spans are open and waiting to be sent. */
import '@powerrag/exporter/register';
import { startObservation } from '@powerrag/tracing';

const now = Date.now;
let offset = 0;
Date.now = () => now() + offset;

for (const step of [-3_600_000, 7_200_000, -3_600_000]) {
  const span = startObservation('span');
  const given = startObservation('given', {}, { startTime: new Date() });
  offset += step;
  given.end();
  span.end();
}
