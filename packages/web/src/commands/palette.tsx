import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { listAddress, WHOLE_LIST } from '../api/address.js';
import { Icon } from '../ui/icon.js';
import { type Command, keyLabel } from './command.js';
import { useCommandGroups } from './registry.js';

/** Finds what can be done now by its name; anything else is searched for in the sessions. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const groups = useCommandGroups();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const found = useMemo(
    () =>
      matching(
        groups.flatMap(({ commands }) => commands),
        text,
      ),
    [groups, text],
  );
  const current = Math.min(at, found.length - 1);
  const run = (command: Command | undefined): void => {
    dialog.current?.close();
    command?.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (step !== 0) setAt((current + step + found.length) % found.length);
    else if (event.key === 'Enter') run(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} className="palette" aria-label="Commands" onClose={onClose}>
      <div className="palette-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="What to do"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={`${id}-${current}`}
          placeholder="What do you want to do, or to find?"
          value={text}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div role="listbox" id={id} aria-label="Commands" className="palette-list" tabIndex={-1}>
        {found.map((command, position) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
          <div
            key={command.says}
            id={`${id}-${position}`}
            role="option"
            tabIndex={-1}
            aria-selected={position === current}
            onClick={() => run(command)}
            onPointerMove={() => setAt(position)}
          >
            <span>{command.says}</span>
            {command.keys.map((key) => (
              <kbd key={key}>{keyLabel(key)}</kbd>
            ))}
          </div>
        ))}
      </div>
    </dialog>
  );
}

/** The commands whose names have every word, in any order; then the search for the text. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/);
  const named = commands.filter(
    ({ says, isNamed = true }) => isNamed && words.every((word) => says.toLowerCase().includes(word)),
  );
  const wanted = text.trim();
  if (wanted === '') return named;
  const search = () => navigate(listAddress({ ...WHOLE_LIST, text: wanted }));
  return [...named, { says: `Search all sessions for “${wanted}”`, keys: [], run: search }];
}
