import type { Json } from '@powerrag/protocol';
import { useMemo, useState } from 'react';
import { formatCount } from './format.js';
import { jsonTokens } from './json-tokens.js';
import { WholeText } from './long-text.js';
import { ScrollArea } from './scroll-area.js';
import { endOfPiece } from './text-pieces.js';

/** What is coloured and laid out at first, and what each click adds. */
const STEP_UNITS = 12_000;

/** Any JSON value, printed for reading. A string at the top is shown as the text it is. */
export function JsonView({ value, label }: { readonly value: Json; readonly label: string }) {
  const [steps, setSteps] = useState(1);
  const [isWhole, setWhole] = useState(false);
  const text = useMemo(() => printJson(value), [value]);
  const shown = useMemo(() => text.slice(0, endOfPiece(text, 0, STEP_UNITS * steps)), [text, steps]);
  if (isWhole) return <WholeText text={text} />;
  return (
    <>
      <ScrollArea className="json-view" label={label}>
        {typeof value === 'string' ? shown : <Coloured text={shown} />}
      </ScrollArea>
      {shown.length < text.length && (
        <div className="long-text-tools">
          <button type="button" className="text-button" onClick={() => setSteps(steps + 1)}>
            Show more of {formatCount(text.length)} characters
          </button>
          <button type="button" className="text-button" onClick={() => setWhole(true)}>
            Show all as plain text
          </button>
        </div>
      )}
    </>
  );
}

/** What the copy button copies: the text of a string, else indented JSON. */
export function printJson(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** The beginning of a value on one line, made from no more of it than is shown. */
export function previewJson(value: Json, most: number): string {
  if (typeof value === 'string') return value.slice(0, most);
  let left = most;
  const part = (item: Json): Json => {
    if (left <= 0) return null;
    left--;
    if (typeof item === 'string') {
      const beginning = item.slice(0, left);
      left -= beginning.length;
      return beginning;
    }
    if (Array.isArray(item)) return item.slice(0, left).map(part);
    if (item === null || typeof item !== 'object') return item;
    const fields: [string, Json][] = [];
    for (const [name, field] of Object.entries(item)) {
      if (left <= 0) break;
      const key = name.slice(0, left);
      left -= key.length;
      fields.push([key, part(field)]);
    }
    return Object.fromEntries(fields);
  };
  return JSON.stringify(part(value)).slice(0, most);
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
