import type { Message } from '@powerrag/protocol';
import { Name } from '../../ui/shown-text.js';
import { Parts } from '../message/parts.js';
import { isPaired, toolResults } from '../message/tool-pairs.js';

/** The messages of a body, each with who said it. */
export function Messages({
  messages,
  from = 0,
  newFrom = null,
}: {
  readonly messages: readonly Message[];
  /** Position of the first that is shown. */
  readonly from?: number;
  /** Position of the first that is new since the call before; null where that is not known. */
  readonly newFrom?: number | null;
}) {
  const shown = messages.slice(from);
  const results = toolResults(shown);
  return (
    <ol className="details-messages" start={from + 1}>
      {shown.map((message, offset) => {
        const position = from + offset;
        if (isPaired(message, results)) return null;
        return (
          <li key={position} data-role={message.role} data-new={(newFrom !== null && position >= newFrom) || undefined}>
            <Name className="details-role" text={message.name ?? message.role} most={80} />
            <Parts role={message.role} parts={message.parts} results={results} />
          </li>
        );
      })}
    </ol>
  );
}
