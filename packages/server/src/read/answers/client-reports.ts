import * as v from 'valibot';
import { byName, number, string } from '../../routes/schema.js';
import type { ReceivedClientReport } from '../../store/client-reports.js';

/** The latest report of each client. */
export const clientReports = v.object({
  data: v.array(
    v.object({
      id: string('Random; one per span processor.'),
      sdk: v.object({ name: v.string(), version: v.string() }),
      service: v.nullable(v.string()),
      ended: number('Spans that ended and were to be sent.'),
      delivered: number('Spans that a server accepted.'),
      dropped: v.pipe(byName(v.number()), v.description('Spans that will not arrive, by reason.')),
      firstSeenMs: number('Unix milliseconds.'),
      lastSeenMs: number('Unix milliseconds.'),
    }),
  ),
}) satisfies v.GenericSchema<{ data: readonly ReceivedClientReport[] }>;
