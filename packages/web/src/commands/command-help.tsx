import { useEffect, useRef } from 'react';
import { IconButton } from '../ui/icon-button.js';
import { keyLabel } from './command.js';
import { useCommandGroups } from './registry.js';

/** The keys of every command that is possible now. */
export function CommandHelp({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="command-help" aria-labelledby="command-help-title" onClose={onClose}>
      <div className="command-help-head">
        <h2 id="command-help-title">Keyboard</h2>
        <IconButton icon="close" label="Close" look="small" onClick={() => dialog.current?.close()} />
      </div>
      <CommandKeys />
    </dialog>
  );
}

function CommandKeys() {
  const groups = useCommandGroups();
  return groups.map(({ title, commands }) => (
    <section key={title} className="command-keys">
      <h3>{title}</h3>
      <dl>
        {commands
          .filter(({ keys }) => keys.length > 0)
          .map(({ says, keys }) => (
            <div key={says}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{keyLabel(key)}</kbd>
                ))}
              </dt>
              <dd>{says}</dd>
            </div>
          ))}
      </dl>
    </section>
  ));
}
