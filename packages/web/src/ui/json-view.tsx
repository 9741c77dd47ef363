import type { Json } from '@powerrag/protocol';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { printJson, readWrittenJson, type WrittenJson } from './json-text.js';
import { jsonTokens } from './json-tokens.js';
import { JsonTree } from './json-tree.js';
import { LongText } from './long-text.js';
import { ScrollArea } from './scroll-area.js';
import { MarkedText } from './shown-text.js';
import { endOfPiece } from './text-pieces.js';
import { WholeText } from './whole-text.js';

/** What is coloured and laid out of a JSON text; the rest is reached as plain text. */
const COLOURED_UNITS = 12_000;

/** Any JSON value for reading: a tree, or a text where the value is a string that is not JSON itself. */
export function JsonView({ value, label }: { readonly value: Json; readonly label: string }) {
  const written = useMemo(() => (typeof value === 'string' ? readWrittenJson(value) : null), [value]);
  if (typeof value === 'string') {
    if (written !== null) return <WrittenJsonView text={value} written={written} label={label} />;
    return (
      <ScrollArea className="json-view" label={label}>
        <LongText text={value} />
      </ScrollArea>
    );
  }
  if (value === null || typeof value !== 'object') {
    return (
      <ScrollArea className="json-view" label={label}>
        <Coloured text={printJson(value)} />
      </ScrollArea>
    );
  }
  return <TreeOrText value={value} text={() => printJson(value)} label={label} />;
}

/** A text that is JSON, as a tree; where a tree would show other numbers than were written, as the text it is. */
export function WrittenJsonView({
  text,
  written,
  label,
}: {
  readonly text: string;
  readonly written: WrittenJson;
  readonly label: string;
}) {
  return <TreeOrText value={written.isExact ? written.value : null} text={() => text} label={label} />;
}

function TreeOrText({
  value,
  text,
  label,
}: {
  /** Null where only the text is to be shown. */
  readonly value: Json;
  readonly text: () => string;
  readonly label: string;
}) {
  const [isText, setText] = useState(false);
  // In state: the tree is laid out before an ordinary reference to what is around it is set.
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'r') setText(!isText);
    else if (event.key === 'c') void navigator.clipboard?.writeText(text()).catch(() => {});
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are short cuts for the buttons inside
    <div className="json-value" onKeyDown={onKeyDown}>
      {isText ? (
        <WholeText text={text()} />
      ) : (
        <ScrollArea ref={setScroller} className="json-view" label={label}>
          {value === null ? <Coloured text={text()} /> : <JsonTree value={value} scroller={scroller} />}
        </ScrollArea>
      )}
      <div className="long-text-tools">
        <button type="button" className="text-button" title="Key: r" onClick={() => setText(!isText)}>
          {isText ? 'Show as JSON' : 'Show all as plain text'}
        </button>
      </div>
    </div>
  );
}

function Coloured({ text }: { readonly text: string }) {
  const shown = useMemo(() => text.slice(0, endOfPiece(text, 0, COLOURED_UNITS)), [text]);
  return (
    <>
      {jsonTokens(shown).map((token, position) =>
        token.kind === 'plain' ? (
          token.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text never move
          <span key={position} data-token={token.kind}>
            <MarkedText text={token.text} />
          </span>
        ),
      )}
      {shown.length < text.length && '…'}
    </>
  );
}
