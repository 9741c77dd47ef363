import type { MessagePart, ReplayObservation } from '@powerrag/protocol';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { messageQuery } from '../../api/queries.js';
import { CopyButton } from '../../ui/copy-button.js';
import { formatCompact, formatCost, formatCount, formatDuration } from '../../ui/format.js';
import { printJson } from '../../ui/json-text.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { PassageNotesOf } from '../judge/judge-slots.js';
import { Parts } from '../message/parts.js';
import { Sources } from '../message/sources.js';
import { useAnswerPassages } from '../message/use-answer-passages.js';
import { useSelect } from '../state/replay-context.js';
import { useOffset } from '../state/use-offset.js';
import type { ConversationItem } from './items.js';
import { useSelectedOf } from './selected.js';
import { Coming, Streaming } from './streaming.js';

type MessageItem = Extract<ConversationItem, { kind: 'message' }>;

const SPEAKERS = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool', other: 'Other' } as const;

export function MessageRow({
  item,
  reached,
  current,
  onSeek,
}: {
  readonly item: MessageItem;
  readonly reached: boolean;
  readonly current: boolean;
  readonly onSeek: (timeMs: number) => void;
}) {
  const { message, observation } = item;
  const offset = useOffset();
  const { parts, whole } = useWholeMessage(item);
  const sources = useMemo(() => [item.call, item.observation].filter((o) => o !== undefined), [item]);
  const selected = useSelectedOf(sources) !== null && message.role === 'assistant';
  const speaker = message.name ?? SPEAKERS[message.role];
  return (
    <article
      className="message"
      data-role={message.role}
      data-reached={reached}
      data-selected={selected || undefined}
      aria-current={current || undefined}
      data-trace-id={reached ? item.traceId : undefined}
      data-observation-id={reached ? message.observationId : undefined}
      aria-label={`${titleText(speaker, 80)} at ${offset(item.atMs)}`}
    >
      <div className="message-head">
        <Name className="message-speaker" text={speaker} most={80} />
        {!reached && <Coming source={observation} call={item.call} />}
        <span className="message-tools">
          {reached && (
            <CopyButton label="Copy the message" text={async () => (await whole.read()).map(partText).join('\n\n')} />
          )}
          <button
            type="button"
            className="message-time"
            onClick={() => onSeek(item.atMs)}
            title="Move the playhead here"
          >
            {offset(item.atMs)}
          </button>
        </span>
      </div>
      {reached ? (
        <Said item={{ ...item, message: { ...message, parts } }} />
      ) : (
        <Streaming call={item.call} parts={parts} until={<Unsaid />}>
          {(shown) => <Parts role={message.role} parts={shown} results={item.results} />}
        </Streaming>
      )}
      {reached && whole.isCut && (
        <button type="button" className="text-button" disabled={whole.isLoading} onClick={whole.show}>
          {whole.isLoading ? 'Loading…' : `Load all ${formatCount(whole.length)} characters`}
        </button>
      )}
      {reached && <PassageNotesOf traceId={item.traceId} observationId={message.observationId} />}
    </article>
  );
}

/** The parts of a message: those of the document, which may be cut, until somebody asks for all of it. */
function useWholeMessage({ message, traceId }: MessageItem) {
  const client = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const query = messageQuery(traceId, message);
  const whole = useQuery({ ...query, enabled: isAsked });
  const parts = whole.data?.parts ?? message.parts;
  const cut = parts.flatMap((part) => part.cut ?? []);
  return {
    parts,
    whole: {
      isCut: cut.length > 0,
      length: cut.reduce((sum, length) => sum + length, 0),
      isLoading: whole.isFetching,
      show: () => (isAsked ? void whole.refetch() : setAsked(true)),
      read: async () => (cut.length === 0 ? parts : (await client.fetchQuery(query)).parts),
    },
  };
}

/** The words of a message; of an answer also where they came from. */
function Said({ item }: { readonly item: MessageItem }) {
  const { message, call, observation, searches, results } = item;
  if (message.role !== 'assistant') return <Parts role={message.role} parts={message.parts} results={results} />;
  return (
    <>
      {searches.length > 0 ? (
        <Answer item={item} />
      ) : (
        <Parts role={message.role} parts={message.parts} results={results} />
      )}
      {(call ?? observation) && <Origin call={call} source={observation} />}
    </>
  );
}

/** An answer after a search: the passages that it used are marked in it and in what was found. */
function Answer({ item: { message, searches, results } }: { readonly item: MessageItem }) {
  const text = message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
  const passages = useAnswerPassages(text, searches);
  return (
    <>
      <Parts role={message.role} parts={message.parts} marks={passages.marks} results={results} />
      <Sources passages={passages} />
    </>
  );
}

/** Stands for words that had not been said by the playhead. */
function Unsaid() {
  return (
    <div className="message-unsaid" aria-hidden="true">
      <span />
      <span />
    </div>
  );
}

/** The call that gave an answer, and what it took; where no call is known, what set the answer. */
function Origin({
  call,
  source,
}: {
  readonly call: ReplayObservation | undefined;
  readonly source: ReplayObservation | undefined;
}) {
  const select = useSelect();
  const shown = call ?? source;
  if (shown === undefined) return null;
  const { model, name, usage, cost, startMs, endMs, firstTokenMs } = shown;
  return (
    <div className="message-origin">
      <button
        type="button"
        className="message-model"
        onClick={() => select({ traceId: shown.traceId, observationId: shown.id })}
        title="Show this observation"
      >
        <Name text={model ?? name} />
      </button>
      {usage !== null && (
        <span title={`${usage.input} in, ${usage.output} out`}>
          {formatCompact(usage.input)} → {formatCompact(usage.output)} tokens
        </span>
      )}
      {cost !== null && <span>{formatCost(cost)}</span>}
      {endMs !== null && <span>{formatDuration(endMs - startMs)}</span>}
      {firstTokenMs !== null && <span>first token {formatDuration(firstTokenMs - startMs)}</span>}
    </div>
  );
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text;
    case 'tool_call':
      return `${part.name}(${printJson(part.arguments)})`;
    case 'tool_result':
      return printJson(part.result);
    case 'media':
      return part.reference ?? part.mimeType ?? part.kind;
    case 'json':
      return printJson(part.value);
  }
}
