import type { Json, MessagePart, ObservationDetails, ReplayObservation } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { observationQuery } from '../../api/queries.js';
import { Failure } from '../../ui/failure-text.js';
import { plural } from '../../ui/format.js';
import { previewJson } from '../../ui/json-text.js';
import { LongText } from '../../ui/long-text.js';
import { Name } from '../../ui/shown-text.js';
import { useShownFor } from '../../ui/use-shown-for.js';
import { DocumentCards } from '../message/document-cards.js';
import { ValueView } from '../message/value-view.js';
import { isTold, type Phase } from '../state/phase.js';
import { isError } from '../state/session-history.js';
import { readDocuments } from '../work/documents.js';
import { Streaming } from './streaming.js';

/** How much of an input a line shows. */
const LINE_UNITS = 240;

/** How long a step is shown before its input and output are loaded, in milliseconds: those scrolled past are not. */
const SHOWN_FOR_MS = 120;

/** The input and output of a step, each as it is best read; loaded when it is shown. */
export function StepBody({
  observation,
  phase,
}: {
  readonly observation: ReplayObservation;
  /** What still runs has given nothing, or as much as it had streamed. */
  readonly phase: Phase;
}) {
  const { traceId, id, endMs } = observation;
  const isWanted = useShownFor(SHOWN_FOR_MS);
  const details = useQuery({ ...observationQuery(traceId, id, endMs !== null), enabled: isWanted });
  if (details.data === undefined) {
    if (details.isError) return <p className="step-problem">{details.error.message}</p>;
    return <div className="step-loading" aria-hidden="true" />;
  }
  return (
    <div className="step-body">
      <Given details={details.data} />
      {isTold(phase, observation) ? (
        <>
          {isError(observation) && observation.statusMessage !== null && (
            <Failure text={observation.statusMessage} reason={observation.statusReason} />
          )}
          <Gave details={details.data} />
        </>
      ) : (
        <Streaming call={observation} parts={saidIn(details.data)} until={null}>
          {(parts) => <Spoken parts={parts} />}
        </Streaming>
      )}
    </div>
  );
}

/** What a step was given: of a model call only how much, since its conversation is what stands above. */
function Given({ details }: { readonly details: ObservationDetails }) {
  const { type, input, inputMessages } = details;
  if (input === null) return null;
  if (type === 'generation' && inputMessages !== null && inputMessages.length > 0) return null;
  if (type === 'tool') return <ValueView value={input} label="Arguments" />;
  return <Name className="step-given" text={previewJson(questionIn(input), LINE_UNITS)} />;
}

/** The only text in an input, or all of it. */
function questionIn(input: Json): Json {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return input;
  const { query, question, input: inner } = input as { readonly [key: string]: Json | undefined };
  return [query, question, inner].find((value) => typeof value === 'string') ?? input;
}

function Gave({ details }: { readonly details: ObservationDetails }) {
  const { type, output, outputMessages } = details;
  if (type === 'generation' && outputMessages !== null && outputMessages.length > 0) {
    return <Spoken parts={saidIn(details)} />;
  }
  if (output === null) return null;
  const documents = type === 'retriever' ? readDocuments(output) : null;
  if (documents !== null) return <Found documents={documents} />;
  if (typeof output === 'string' && (type === 'agent' || type === 'chain')) return <LongText text={output} markdown />;
  return (
    <div className="step-gave">
      <ValueView value={output} label="Result" />
    </div>
  );
}

function Found({ documents }: { readonly documents: NonNullable<ReturnType<typeof readDocuments>> }) {
  return (
    <details className="step-found">
      <summary>
        {documents.length === 0 ? 'Nothing was found' : `${plural(documents.length, 'document')} found`}
      </summary>
      <DocumentCards documents={documents} />
    </details>
  );
}

/** What a model said: its words, then the tools that it asked for. */
function Spoken({ parts }: { readonly parts: readonly MessagePart[] }) {
  return parts.map((part, position) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one answer never move
    <SpokenPart key={position} part={part} />
  ));
}

function saidIn({ outputMessages }: ObservationDetails): MessagePart[] {
  return (outputMessages ?? []).flatMap(({ parts }) => parts);
}

function SpokenPart({ part }: { readonly part: MessagePart }) {
  switch (part.type) {
    case 'text':
      return part.text === '' ? null : <LongText text={part.text} markdown />;
    case 'reasoning':
      return (
        <details className="step-found">
          <summary>Reasoning</summary>
          <LongText text={part.text} markdown />
        </details>
      );
    case 'tool_call':
      return (
        <p className="step-call">
          <span className="step-call-arrow" aria-hidden="true">
            →
          </span>
          <Name className="step-call-name" text={part.name} most={80} />
          <Name className="step-call-arguments" text={previewJson(part.arguments, LINE_UNITS)} />
        </p>
      );
    case 'tool_result':
      return <ValueView value={part.result} label="Result" />;
    case 'json':
      return <ValueView value={part.value} label="Value" />;
    case 'media':
      return <p className="step-given">{part.kind}</p>;
  }
}
