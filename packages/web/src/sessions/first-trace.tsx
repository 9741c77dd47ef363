import { useState } from 'react';
import { readStored, writeStored } from '../api/stored.js';
import { CopyButton } from '../ui/copy-button.js';
import { Segments } from '../ui/segments.js';
import { FIRST_PROGRAMS, type Language, programFor } from './first-programs.js';

const NAMES: Record<Language, string> = { typescript: 'TypeScript', python: 'Python', curl: 'OTLP with curl' };

/** What a newcomer sees: how to send a first trace in their language. The list shows it as soon as it comes. */
export function FirstTrace() {
  const [language, setLanguage] = useState(storedLanguage);
  const choose = (next: Language): void => {
    setLanguage(next);
    writeStored('language', next);
  };
  const { install, program, note } = programFor(language, window.location.origin);
  return (
    <section className="first-trace" aria-labelledby="first-trace-title">
      <h2 id="first-trace-title">Send your first session</h2>
      <p>A session is every trace that carries the same session id.</p>
      <Segments label="Language" names={NAMES} chosen={language} onChoose={choose} />
      {install !== null && <FirstCode label="Copy the install command" text={install} />}
      <FirstCode label="Copy the program" text={program} />
      <p>
        <WithCode text={note} />
      </p>
      <p className="first-trace-waiting" role="status">
        <span className="first-trace-pulse" aria-hidden="true" />
        Waiting for the first session. It appears here by itself.
      </p>
    </section>
  );
}

function storedLanguage(): Language {
  const stored = readStored('language');
  return FIRST_PROGRAMS.find((language) => language === stored) ?? 'typescript';
}

/** A sentence with what is between backticks as code. */
function WithCode({ text }: { readonly text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
  return text.split('`').map((part, n) => (n % 2 === 0 ? part : <code key={n}>{part}</code>));
}

function FirstCode({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div className="first-trace-code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton label={label} text={() => text} />
    </div>
  );
}
