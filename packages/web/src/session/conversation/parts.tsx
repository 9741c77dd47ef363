import type { Json, MessagePart, MessageRole } from '@powerrag/protocol';
import { type ReactNode, useId, useState } from 'react';
import { formatBytes, formatCount } from '../../ui/format.js';
import { Icon, type IconName } from '../../ui/icon.js';
import { JsonView } from '../../ui/json-view.js';
import { Markdown, UnloadedImage } from '../../ui/markdown.js';
import { isLong } from './folding.js';

/** The pieces of a message, each as it is best read. */
export function Parts({ role, parts }: { readonly role: MessageRole; readonly parts: readonly MessagePart[] }) {
  return (
    <div className="parts">
      {parts.map((part, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never move
        <Part key={position} role={role} part={part} />
      ))}
    </div>
  );
}

function Part({ role, part }: { readonly role: MessageRole; readonly part: MessagePart }) {
  switch (part.type) {
    case 'text':
      return role === 'system' || role === 'tool' ? (
        <Folded icon="book" title={role === 'system' ? 'System prompt' : 'Tool answer'} note={firstLine(part.text)}>
          <div className="plain-text">{part.text}</div>
        </Folded>
      ) : (
        <LongText text={part.text} markdown={role === 'assistant'} />
      );
    case 'reasoning':
      return (
        <Folded icon="spark" title="Reasoning" note={firstLine(part.text)}>
          <Markdown text={part.text} />
        </Folded>
      );
    case 'tool_call':
      return (
        <Folded icon="wrench" title={part.name} note={oneLine(part.arguments)}>
          <JsonView value={part.arguments} label={`Arguments of ${part.name}`} />
        </Folded>
      );
    case 'tool_result':
      return (
        <Folded icon="check" title={part.name ?? 'Tool result'} note={oneLine(part.result)}>
          <JsonView value={part.result} label={`Result of ${part.name ?? 'the tool'}`} />
        </Folded>
      );
    case 'media':
      return <Media part={part} />;
    case 'json':
      return <JsonView value={part.value} label="Value" />;
  }
}

function Media({ part }: { readonly part: Extract<MessagePart, { type: 'media' }> }) {
  const size = part.bytes === null ? '' : formatBytes(part.bytes);
  const about = [part.kind, part.mimeType, size].filter((word) => word !== null && word !== '').join(', ');
  return <UnloadedImage url={part.reference ?? ''} alt={about} />;
}

/** Prose, cut to its beginning while it is long and nobody has asked for the rest. */
function LongText({ text, markdown }: { readonly text: string; readonly markdown: boolean }) {
  const long = isLong(text);
  const [open, setOpen] = useState(false);
  return (
    <div>
      <div className="long-text" data-folded={long && !open}>
        {markdown ? <Markdown text={text} /> : <div className="plain-text">{text}</div>}
      </div>
      {long && (
        <button type="button" className="text-button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : `Show all ${formatCount(text.length)} characters`}
        </button>
      )}
    </div>
  );
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
        <strong>{title}</strong>
        <span className="folded-note">{note}</span>
      </button>
      <div id={id} hidden={!open} className="folded-content">
        {open && children}
      </div>
    </div>
  );
}

function firstLine(text: string): string {
  return text.slice(0, 200).split('\n', 1)[0] ?? '';
}

function oneLine(value: Json): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200);
}
