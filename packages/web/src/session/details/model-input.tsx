import type { Message, ObservationDetails, ReplayObservation } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { observationQuery } from '../../api/queries.js';
import { plural } from '../../ui/format.js';
import { useReplay, useSelect } from '../state/replay-context.js';
import { useOffset } from '../state/use-offset.js';
import { Body } from './body.js';
import { Messages } from './messages.js';
import { callBefore, sharedBeginning } from './new-messages.js';

/** What a model saw: the messages that are new since the call before, and those that it had seen already on demand. */
export function ModelInput({
  observation,
  details,
  messages,
}: {
  readonly observation: ReplayObservation;
  readonly details: ObservationDetails;
  readonly messages: readonly Message[];
}) {
  const { history } = useReplay();
  const before = useMemo(() => callBefore(observation, history.observations), [observation, history]);
  if (before === undefined) return <Body title="What the model saw" value={details.input} messages={messages} />;
  return <Compared before={before} details={details} messages={messages} />;
}

function Compared({
  before,
  details,
  messages,
}: {
  readonly before: ReplayObservation;
  readonly details: ObservationDetails;
  readonly messages: readonly Message[];
}) {
  const select = useSelect();
  const offset = useOffset();
  const [isWhole, setWhole] = useState(false);
  const earlier = useQuery(observationQuery(before.traceId, before.id, before.endMs !== null));
  const seen = earlier.data?.inputMessages ?? null;
  const shared = useMemo(() => (seen === null ? 0 : sharedBeginning(seen, messages)), [seen, messages]);
  const place = { traceId: before.traceId, observationId: before.id };
  const isCut = shared > 0 && shared < messages.length && !isWhole;
  return (
    <Body title="What the model saw" value={details.input} messages={messages}>
      {seen !== null && (
        <p className="details-context">
          {comparison(shared, messages.length)}{' '}
          <button type="button" className="text-button" onClick={() => select(place)}>
            the call at {offset(before.startMs)}
          </button>
        </p>
      )}
      {isCut && (
        <button type="button" className="details-seen" aria-expanded="false" onClick={() => setWhole(true)}>
          Show {plural(shared, 'message')} that it had seen
        </button>
      )}
      <Messages messages={messages} from={isCut ? shared : 0} newFrom={shared > 0 ? shared : null} />
    </Body>
  );
}

function comparison(shared: number, count: number): string {
  if (shared === 0) return 'Nothing in common with';
  if (shared === count) return `The same ${plural(count, 'message')} as in`;
  return `${plural(count - shared, 'new message')}, ${shared} as in`;
}
