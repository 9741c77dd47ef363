import { SESSION_EXPORT } from '@powerrag/protocol';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { CopyButton } from '../../ui/copy-button.js';
import { IconButton } from '../../ui/icon-button.js';
import { writeMoment } from '../state/moment.js';
import { useReplay } from '../state/replay-context.js';
import { curlCommand } from './curl.js';
import { saveMarkdown, saveOffline } from './save.js';
import './share.css';

type Saving = 'idle' | 'saving' | { readonly error: string };

/** What a session can be shared as: links to copy, files to save. */
export default function ShareDialog({ onClose }: { readonly onClose: () => void }) {
  const { history, store } = useReplay();
  const { id } = history.document.session;
  const dialog = useRef<HTMLDialogElement>(null);
  const [saving, setSaving] = useState<Saving>('idle');
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('li button')?.focus();
  }, []);
  const save = (make: (sessionId: string) => Promise<void>) => () => {
    setSaving('saving');
    make(id).then(
      () => setSaving('idle'),
      (error: unknown) => setSaving({ error: error instanceof Error ? error.message : String(error) }),
    );
  };
  const link = () => {
    const { selection, playheadMs } = store.state;
    const timeMs = playheadMs >= history.document.durationMs ? null : playheadMs;
    return `${window.location.origin}${window.location.pathname}${writeMoment(window.location.search, { selection, timeMs })}`;
  };
  const isSaving = saving === 'saving';
  return (
    <dialog ref={dialog} className="share" aria-labelledby="share-title" onClose={onClose}>
      <div className="share-head">
        <h2 id="share-title">Share this session</h2>
        <IconButton icon="close" label="Close" look="small" onClick={() => dialog.current?.close()} />
      </div>
      <ul>
        <Way title="Link to this moment" says="Opens here with what is selected, for whoever can reach this server.">
          <CopyButton label="Copy the link" text={link} />
        </Way>
        <Way title="Replay file" says="One HTML file with the session and this player. Opens offline and asks nobody.">
          <button type="button" className="button" disabled={isSaving} onClick={save(saveOffline)}>
            Save HTML
          </button>
        </Way>
        <Way title="Markdown" says="What was said and what ran in each turn, for an issue or a document.">
          <button type="button" className="button" disabled={isSaving} onClick={save(saveMarkdown)}>
            Save Markdown
          </button>
        </Way>
        <Way title="JSON" says="Everything that is stored of it, whole, for a program.">
          <a className="button" href={SESSION_EXPORT.of(id)} download>
            Save JSON
          </a>
        </Way>
        <Way
          title="curl"
          says="The same JSON from a shell. Where the server asks for keys, add --user with the public and secret key."
        >
          <CopyButton label="Copy the curl command" text={() => curlCommand(window.location.origin, id)} />
        </Way>
      </ul>
      <p className="share-warning">
        The files contain every input and output of the session. Read them before you pass them on.
      </p>
      <p role="status" className="share-status" data-failed={typeof saving === 'object'}>
        {isSaving ? 'Saving…' : typeof saving === 'object' ? `It could not be saved: ${saving.error}` : ''}
      </p>
    </dialog>
  );
}

function Way({
  title,
  says,
  children,
}: {
  readonly title: string;
  readonly says: string;
  readonly children: ReactNode;
}) {
  return (
    <li>
      <div>
        <h3>{title}</h3>
        <p>{says}</p>
      </div>
      {children}
    </li>
  );
}
