import type { Json, Message } from '@powerrag/protocol';
import { useState } from 'react';
import { CopyButton } from '../../ui/copy-button.js';
import { printJson } from '../../ui/json-text.js';
import { JsonView } from '../../ui/json-view.js';
import { Name } from '../../ui/shown-text.js';
import { Parts } from '../message/parts.js';
import { Block } from './section.js';

/** An input or output: as messages where it is a conversation, and as the JSON that it was in any case. */
export function Body({
  title,
  value,
  messages,
}: {
  readonly title: string;
  readonly value: Json;
  readonly messages: readonly Message[] | null;
}) {
  const readable = messages !== null && messages.length > 0;
  const [raw, setRaw] = useState(false);
  return (
    <Block
      title={title}
      shown={value !== null || readable}
      tools={
        <>
          {readable && (
            <button type="button" className="text-button" aria-pressed={raw} onClick={() => setRaw(!raw)}>
              {raw ? 'Messages' : 'JSON'}
            </button>
          )}
          <CopyButton label={`Copy the ${title.toLowerCase()}`} text={() => printJson(value)} />
        </>
      }
    >
      {readable && !raw ? <Messages messages={messages} /> : <JsonView value={value} label={title} />}
    </Block>
  );
}

function Messages({ messages }: { readonly messages: readonly Message[] }) {
  return (
    <ol className="details-messages">
      {messages.map((message, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of one body never move
        <li key={position} data-role={message.role}>
          <Name className="details-role" text={message.name ?? message.role} most={80} />
          <Parts role={message.role} parts={message.parts} />
        </li>
      ))}
    </ol>
  );
}
