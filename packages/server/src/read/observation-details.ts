import type { ObservationDetails } from '@powerrag/protocol';
import { statusReasonOf } from '../base/failure-reason.js';
import type { ObservationBody } from '../observation/observation.js';
import { readBody, readMetadata, toMessages, toTokenUsage } from '../replay/index.js';
import type { StoredObservation } from '../store/contract.js';

/** An observation with all of its bodies, as the page shows and exports it. */
export function toDetails(observation: StoredObservation, body: ObservationBody): ObservationDetails {
  const input = readBody(body.input);
  const output = readBody(body.output);
  const { usage, cost, responseId: _, ...rest } = observation;
  const { total = null, ...costDetails } = cost;
  return {
    ...rest,
    ...statusReasonOf(rest.statusMessage),
    usage: toTokenUsage(usage),
    cost: total,
    costDetails,
    input,
    output,
    inputMessages: toMessages(input, 'input'),
    outputMessages: toMessages(output, 'output'),
    metadata: readMetadata(body.metadata),
    events: body.events,
  };
}
