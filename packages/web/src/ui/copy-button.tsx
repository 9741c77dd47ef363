import { useEffect, useState } from 'react';
import { Icon } from './icon.js';

const SHOWN_MS = 1_600;

/** Copies a text; `label` says which. The text is made when it is asked for. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string | Promise<string> }) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    // The clipboard is absent outside secure contexts, so the call itself can throw.
    Promise.resolve()
      .then(text)
      .then((copied) => navigator.clipboard.writeText(copied))
      .then(
        () => setOutcome('copied'),
        () => setOutcome('refused'),
      );
  };
  const said = { idle: label, copied: 'Copied', refused: 'The browser refused to copy' }[outcome];
  return (
    <button
      type="button"
      className="icon-button small"
      onClick={copy}
      title={said}
      aria-label={said}
      data-outcome={outcome}
    >
      <Icon name={outcome === 'copied' ? 'check' : outcome === 'refused' ? 'alert' : 'copy'} size={14} />
    </button>
  );
}
