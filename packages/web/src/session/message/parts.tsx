import type { Json, MessagePart, MessageRole } from '@powerrag/protocol';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { Icon, type IconName } from '../../ui/icon.js';
import { previewJson, readWrittenJson } from '../../ui/json-text.js';
import { JsonView, WrittenJsonView } from '../../ui/json-view.js';
import { LongText } from '../../ui/long-text.js';
import type { FindMarks } from '../../ui/markdown-marks.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { Media } from './media.js';
import type { ToolResults } from './tool-pairs.js';
import { ValueView } from './value-view.js';
import './message.css';

/** How much of a part the line shows that unfolds it. */
const NOTE_CHARACTERS = 200;

/** The pieces of a message, each as it is best read. */
export function Parts({
  role,
  parts,
  marks,
  results,
}: {
  readonly role: MessageRole;
  readonly parts: readonly MessagePart[];
  /** What to mark in the words of an answer. Default: nothing. */
  readonly marks?: FindMarks | undefined;
  /** What tool calls gave; shown with the calls. Default: nothing is known. */
  readonly results?: ToolResults | undefined;
}) {
  return (
    <div className="parts">
      {parts.map((part, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never move
        <Part key={position} role={role} part={part} marks={marks} results={results} />
      ))}
    </div>
  );
}

function Part({
  role,
  part,
  marks,
  results,
}: {
  readonly role: MessageRole;
  readonly part: MessagePart;
  readonly marks: FindMarks | undefined;
  readonly results: ToolResults | undefined;
}) {
  switch (part.type) {
    case 'text':
      return role === 'system' || role === 'tool' ? (
        <Folded icon="book" title={role === 'system' ? 'System prompt' : 'Tool answer'} note={firstLine(part.text)}>
          <Words text={part.text} />
        </Folded>
      ) : (
        <Words text={part.text} markdown={role === 'assistant'} marks={marks} />
      );
    case 'reasoning':
      return (
        <Folded icon="spark" title="Reasoning" note={firstLine(part.text)}>
          <LongText text={part.text} markdown />
        </Folded>
      );
    case 'tool_call':
      return <ToolCall part={part} result={part.id === null ? undefined : results?.get(part.id)} />;
    case 'tool_result':
      return (
        <Folded icon="check" title={part.name ?? 'Tool result'} note={previewJson(part.result, NOTE_CHARACTERS)}>
          <ValueView value={part.result} label={`Result of ${titleText(part.name ?? 'the tool')}`} />
        </Folded>
      );
    case 'media':
      return <Media part={part} />;
    case 'json':
      return <JsonView value={part.value} label="Value" />;
  }
}

/** A call of a tool with what it gave, where that is known. */
function ToolCall({
  part,
  result,
}: {
  readonly part: Extract<MessagePart, { type: 'tool_call' }>;
  readonly result: Json | undefined;
}) {
  const asked = previewJson(part.arguments, NOTE_CHARACTERS);
  const note = result === undefined ? asked : `${asked} → ${previewJson(result, NOTE_CHARACTERS)}`;
  return (
    <Folded icon="wrench" title={part.name} note={note}>
      <dl className="tool-exchange">
        <dt>Arguments</dt>
        <dd>
          <ValueView value={part.arguments} label={`Arguments of ${titleText(part.name)}`} />
        </dd>
        {result !== undefined && (
          <>
            <dt>Result</dt>
            <dd>
              <ValueView value={result} label={`Result of ${titleText(part.name)}`} />
            </dd>
          </>
        )}
      </dl>
    </Folded>
  );
}

/** What was said: JSON as JSON, anything else as a text. */
function Words({
  text,
  markdown = false,
  marks,
}: {
  readonly text: string;
  readonly markdown?: boolean;
  readonly marks?: FindMarks | undefined;
}) {
  const written = useMemo(() => readWrittenJson(text), [text]);
  if (written === null) return <LongText text={text} markdown={markdown} marks={marks} />;
  return <WrittenJsonView text={text} written={written} label="JSON" />;
}

/** A line that unfolds to what it names. */
function Folded({
  icon,
  title,
  note,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="folded" data-open={open}>
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <Icon name="chevron" size={12} />
        <Icon name={icon} size={13} />
        <strong>
          <Name text={title} most={100} />
        </strong>
        <Name className="folded-note" text={note} />
      </button>
      <div id={id} hidden={!open} className="folded-content">
        {open && children}
      </div>
    </div>
  );
}

function firstLine(text: string): string {
  return text.slice(0, NOTE_CHARACTERS).split('\n', 1)[0] ?? '';
}
