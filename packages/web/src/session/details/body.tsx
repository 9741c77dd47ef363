import type { Json, Message } from '@powerrag/protocol';
import { type ReactNode, useState } from 'react';
import { CopyButton } from '../../ui/copy-button.js';
import { printJson } from '../../ui/json-text.js';
import { JsonView } from '../../ui/json-view.js';
import { Messages } from './messages.js';
import { Block } from './section.js';

/** An input or output: as messages where it is a conversation, and as the JSON that it was in any case. */
export function Body({
  title,
  value,
  messages,
  children,
}: {
  readonly title: string;
  readonly value: Json;
  readonly messages: readonly Message[] | null;
  /** What is shown unless the JSON is asked for. Default: the messages. */
  readonly children?: ReactNode;
}) {
  const readable = children !== undefined || (messages !== null && messages.length > 0);
  const [raw, setRaw] = useState(false);
  return (
    <Block
      title={title}
      shown={value !== null || readable}
      tools={
        <>
          {readable && (
            <button type="button" className="text-button" aria-pressed={raw} onClick={() => setRaw(!raw)}>
              {raw ? 'Readable' : 'JSON'}
            </button>
          )}
          <CopyButton label={`Copy the ${title.toLowerCase()}`} text={() => printJson(value)} />
        </>
      }
    >
      {readable && !raw ? (
        (children ?? <Messages messages={messages ?? []} />)
      ) : (
        <JsonView value={value} label={title} />
      )}
    </Block>
  );
}
