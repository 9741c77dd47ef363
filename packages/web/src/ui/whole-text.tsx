import { useMemo } from 'react';
import { ScrollArea } from './scroll-area.js';
import { MarkedText } from './shown-text.js';
import { firstPieces } from './text-pieces.js';

const CHUNK_UNITS = 16_000;

/** All of a text, in chunks of which the browser lays out those in view. */
export function WholeText({ text }: { readonly text: string }) {
  const chunks = useMemo(() => firstPieces(text, Number.POSITIVE_INFINITY, CHUNK_UNITS), [text]);
  return (
    <ScrollArea className="whole-text" label="The whole text">
      {chunks.map(({ start, end }) => (
        <div key={start} className="text-chunk">
          <MarkedText text={text.slice(start, end)} />
        </div>
      ))}
    </ScrollArea>
  );
}
