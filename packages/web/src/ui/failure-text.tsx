import { useMemo, useState } from 'react';
import { plural } from './format.js';
import { LongText } from './long-text.js';
import { ScrollArea } from './scroll-area.js';
import { MarkedText } from './shown-text.js';
import { readStackTrace, type TraceLine, traceRuns } from './stack-trace.js';
import './failure-text.css';

/** What went wrong: a stack trace with the places of libraries folded, or the text that it is. */
export function FailureText({ text }: { readonly text: string }) {
  const runs = useMemo(() => {
    const lines = readStackTrace(text);
    return lines && traceRuns(lines);
  }, [text]);
  if (runs === null) return <LongText text={text} />;
  return (
    <ScrollArea className="stack-trace" label="Stack trace">
      {runs.map((run, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the runs of one trace never move
        <Run key={position} run={run} />
      ))}
    </ScrollArea>
  );
}

/** What went wrong in words, with the text that was sent behind a click; this text alone where it says it itself. */
export function Failure({ text, reason }: { readonly text: string; readonly reason: string | undefined }) {
  if (reason === undefined) return <FailureText text={text} />;
  return (
    <div className="failure">
      <FailureText text={reason} />
      <details>
        <summary>As it was sent</summary>
        <FailureText text={text} />
      </details>
    </div>
  );
}

function Run({ run }: { readonly run: readonly TraceLine[] }) {
  const [isOpen, setOpen] = useState(false);
  const places = run.filter(({ kind }) => kind === 'frame').length;
  const isFolded = run[0]?.isForeign === true && places > 1 && !isOpen;
  if (isFolded) {
    return (
      <button type="button" className="stack-trace-fold" aria-expanded="false" onClick={() => setOpen(true)}>
        {plural(places, 'place')} in libraries
      </button>
    );
  }
  return run.map(({ text, kind, isForeign }, position) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one trace never move
    <div key={position} data-line={kind} data-foreign={isForeign || undefined}>
      <MarkedText text={text} />
    </div>
  ));
}
