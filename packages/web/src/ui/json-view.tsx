import type { Json } from '@powerrag/protocol';
import { useMemo, useState } from 'react';
import { formatCount } from './format.js';
import { jsonTokens } from './json-tokens.js';
import { ScrollArea } from './scroll-area.js';

/** What is coloured and laid out at once; the rest is a click away. */
const SHOWN_CHARACTERS = 12_000;

/** Any JSON value, printed for reading. A string at the top is shown as the text it is. */
export function JsonView({ value, label }: { readonly value: Json; readonly label: string }) {
  const [whole, setWhole] = useState(false);
  const text = useMemo(() => printJson(value), [value]);
  const shown = whole ? text : text.slice(0, SHOWN_CHARACTERS);
  return (
    <>
      <ScrollArea className="json-view" label={label}>
        {typeof value === 'string' ? shown : <Coloured text={shown} />}
      </ScrollArea>
      {shown.length < text.length && (
        <button type="button" className="text-button" onClick={() => setWhole(true)}>
          Show all {formatCount(text.length)} characters
        </button>
      )}
    </>
  );
}

/** What the copy button copies: the text of a string, else indented JSON. */
export function printJson(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function Coloured({ text }: { readonly text: string }) {
  return jsonTokens(text).map((token, position) =>
    token.kind === 'plain' ? (
      token.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text never move
      <span key={position} data-token={token.kind}>
        {token.text}
      </span>
    ),
  );
}
