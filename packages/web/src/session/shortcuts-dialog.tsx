import { useEffect, useRef } from 'react';
import { IconButton } from '../ui/icon-button.js';
import { SHORTCUTS } from './shortcuts.js';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="shortcuts" aria-labelledby="shortcuts-title" onClose={onClose}>
      <div className="shortcuts-head">
        <h2 id="shortcuts-title">Keyboard</h2>
        <IconButton icon="close" label="Close" look="small" onClick={() => dialog.current?.close()} />
      </div>
      <dl>
        {SHORTCUTS.map(({ keys, says }) => (
          <div key={says}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
