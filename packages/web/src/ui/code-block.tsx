import { useEffect, useState } from 'react';
import { CopyButton } from './copy-button.js';
import type { CodeRun } from './highlight.js';
import { MarkedText } from './shown-text.js';
import './code-block.css';

/** More code than this stays without colour: colouring it would hold up the page. */
const MOST_UNITS = 30_000;

/** Code in its colours, which are loaded when the first code is shown. Until then, and in unknown languages, plain. */
export function CodeBlock({ code, language }: { readonly code: string; readonly language: string }) {
  const [runs, setRuns] = useState<readonly CodeRun[] | null>(null);
  useEffect(() => {
    let isShown = true;
    setRuns(null);
    if (language === '' || code.length > MOST_UNITS) return;
    import('./highlight.js').then(
      ({ highlight }) => isShown && setRuns(highlight(code, language)),
      // Code without colours can be read as well.
      () => {},
    );
    return () => {
      isShown = false;
    };
  }, [code, language]);
  return (
    <div className="code-block">
      <div className="code-block-head">
        <span className="code-block-language">{language === '' ? 'text' : language}</span>
        <CopyButton label="Copy the code" text={() => code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region needs focus */}
      <pre tabIndex={0}>
        <code>
          {(runs ?? [{ text: code, kind: null }]).map(({ text, kind }, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: runs of one code never move
            <span key={position} data-code={kind ?? undefined}>
              <MarkedText text={text} />
            </span>
          ))}
        </code>
      </pre>
    </div>
  );
}
