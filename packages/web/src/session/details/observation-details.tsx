import type { ObservationDetails, ReplayObservation } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { observationQuery } from '../../api/queries.js';
import { Failure } from '../../ui/failure-text.js';
import { formatAbsolute, formatCost, formatCount, formatDuration, formatOffset, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { printJson } from '../../ui/json-text.js';
import { JsonView } from '../../ui/json-view.js';
import { Notice } from '../../ui/notice.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { TypeBadge } from '../../ui/type-badge.js';
import { AnnotationsOf, JudgeButtonsOf } from '../judge/judge-slots.js';
import type { JudgeTarget } from '../judge/target.js';
import { lengthWords } from '../state/length-words.js';
import { useReplay } from '../state/replay-context.js';
import type { TurnWork } from '../work/turn-work.js';
import { Body } from './body.js';
import { Exceptions } from './exceptions.js';
import { type Fact, Facts } from './facts.js';
import { Metadata } from './metadata.js';
import { ModelInput } from './model-input.js';
import { Output } from './output.js';
import { Block } from './section.js';
import './details.css';

/** An observation with its bodies. */
export function ObservationDetailsView({
  observation,
  works,
}: {
  readonly observation: ReplayObservation;
  readonly works: readonly TurnWork[];
}) {
  const details = useQuery(observationQuery(observation.traceId, observation.id, observation.endMs !== null));
  return (
    <>
      <Head observation={observation} statusMessage={details.data?.statusMessage ?? observation.statusMessage} />
      <AnnotationsOf target={targetOf(observation)} />
      {details.isPending && <Notice title="Loading…" />}
      {details.isError && (
        <Notice title="Its details could not be loaded" tone="danger">
          <p>{details.error.message}</p>
          <button type="button" className="button" onClick={() => void details.refetch()}>
            Try again
          </button>
        </Notice>
      )}
      {details.data && <Bodies observation={observation} details={details.data} works={works} />}
    </>
  );
}

function Head({
  observation,
  statusMessage,
}: {
  readonly observation: ReplayObservation;
  /** All of it, once it is there. */
  readonly statusMessage: string | null;
}) {
  const { history, store } = useReplay();
  const { startMs, firstTokenMs, usage, cost, costEstimated, isRepeat, model, level } = observation;
  const facts: Fact[] = [
    ['Duration', lengthWords(observation, history)],
    ['First token', firstTokenMs === null ? null : formatDuration(firstTokenMs - startMs)],
    ['Tokens', usage === null ? null : formatCount(usage.total)],
    ['Cost', cost === null ? null : `${formatCost(cost)}${costEstimated ? ' (estimated)' : ''}`],
    ['Counted', isRepeat ? 'as another record of this request, beside it' : null],
    ['Model', model],
  ];
  return (
    <header className="details-head">
      <div className="details-title">
        <TypeBadge type={observation.type} />
        {level !== 'DEFAULT' && (
          <span className="chip" data-tone={level === 'ERROR' ? 'danger' : level === 'WARNING' ? 'warning' : undefined}>
            {level}
          </span>
        )}
        {history.isOrphan(observation) && (
          <span className="chip" title="Its parent was named but never arrived">
            orphan
          </span>
        )}
        {observation.skewed && (
          <span className="chip" title="It starts before its parent: two clocks disagree">
            clock skew
          </span>
        )}
        <button type="button" className="text-button details-seek" onClick={() => store.seek(startMs)}>
          {formatOffset(startMs)}
        </button>
      </div>
      <h2>
        <Name text={observation.name} />
      </h2>
      {statusMessage !== null && (
        <div className="details-status" data-level={level}>
          {level === 'ERROR' && <Icon name="alert" size={14} />}
          <Failure text={statusMessage} reason={observation.statusReason} />
        </div>
      )}
      <Facts facts={facts} prominent />
      <JudgeButtonsOf target={targetOf(observation)} />
    </header>
  );
}

function Bodies({
  observation,
  details,
  works,
}: {
  readonly observation: ReplayObservation;
  readonly details: ObservationDetails;
  readonly works: readonly TurnWork[];
}) {
  const { history } = useReplay();
  const usage = Object.entries(details.usage?.details ?? {});
  const costs = Object.entries(details.costDetails);
  return (
    <>
      <Exceptions events={details.events} />
      {details.type === 'generation' && details.inputMessages !== null && details.inputMessages.length > 0 ? (
        <ModelInput observation={observation} details={details} messages={details.inputMessages} />
      ) : (
        <Body title="Input" value={details.input} messages={details.inputMessages} />
      )}
      <Output observation={observation} details={details} works={works} />
      <Block title="Model" shown={details.model !== null || Object.keys(details.modelParameters).length > 0}>
        <Facts
          facts={[
            ['Model', details.model],
            ['Provider', details.provider],
            ['Prompt', promptName(details)],
            ...Object.entries(details.modelParameters).map(([name, value]): Fact => [name, printJson(value)]),
          ]}
        />
      </Block>
      <Block title="Usage and cost" shown={usage.length + costs.length > 0}>
        <Facts
          facts={[
            ...usage.map(([name, count]): Fact => [name, formatCount(count)]),
            ...costs.map(([name, usd]): Fact => [`${name} cost`, formatCost(usd)]),
          ]}
        />
      </Block>
      <Metadata metadata={details.metadata} />
      <Block title={plural(details.events.length, 'event')} shown={details.events.length > 0}>
        <ol className="details-events">
          {details.events.map((event, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events of one observation never move
            <li key={position}>
              <div className="details-event-head">
                <strong>
                  <Name text={event.name} />
                </strong>
                <span className="quiet" title={formatAbsolute(event.timeMs)}>
                  {event.timeMs < details.startMs ? '' : '+'}
                  {formatDuration(event.timeMs - details.startMs)}
                </span>
              </div>
              {Object.keys(event.attributes).length > 0 && (
                <JsonView value={event.attributes} label={titleText(event.name)} />
              )}
            </li>
          ))}
        </ol>
      </Block>
      <Block title="Timing and origin" shown>
        <Facts
          facts={[
            ['Started', formatAbsolute(details.startMs)],
            ['Ended', details.endMs === null ? lengthWords(observation, history) : formatAbsolute(details.endMs)],
            ['Service', details.service],
            ['Environment', details.environment],
            ['Version', details.version],
            ['Scope', details.scope],
            ['Observation id', details.id, 'copy'],
            ['Trace id', details.traceId, 'copy'],
            ['Parent id', details.parentId, 'copy'],
          ]}
        />
      </Block>
    </>
  );
}

function targetOf({ traceId, id, name }: ReplayObservation): JudgeTarget {
  return { kind: 'observation', traceId, observationId: id, name };
}

function promptName({ prompt }: ObservationDetails): string | null {
  if (prompt === null) return null;
  return prompt.version === null ? prompt.name : `${prompt.name}, version ${prompt.version}`;
}
