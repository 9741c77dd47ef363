import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { compareAddress } from '../api/address.js';
import { fetchObservations, fetchReplay } from '../api/client.js';
import { plural } from '../ui/format.js';
import { Icon } from '../ui/icon.js';
import { DeleteDialog } from './delete-dialog.js';
import { saveFile } from './save-file.js';

/** What can be done with the sessions that are selected. */
export function SelectionBar({
  selected,
  onClear,
}: {
  readonly selected: ReadonlySet<string>;
  readonly onClear: () => void;
}) {
  const exported = useMutation({ mutationFn: () => exportSessions([...selected]) });
  const [isDeleting, setDeleting] = useState(false);
  const [a, b, ...others] = selected;
  return (
    <div className="selection-bar" role="toolbar" aria-label="Selected sessions">
      <strong>{plural(selected.size, 'session')} selected</strong>
      {a !== undefined && b !== undefined && others.length === 0 && (
        <Link
          className="button"
          href={compareAddress([
            { sessionId: a, turn: null },
            { sessionId: b, turn: null },
          ])}
        >
          <Icon name="compare" size={14} />
          Compare
        </Link>
      )}
      <button type="button" className="button" disabled={exported.isPending} onClick={() => exported.mutate()}>
        <Icon name="download" size={14} />
        {exported.isPending ? 'Exporting…' : 'Export JSON'}
      </button>
      <button type="button" className="button" onClick={() => setDeleting(true)}>
        <Icon name="trash" size={14} />
        Delete…
      </button>
      <button type="button" className="button" onClick={onClear}>
        Clear
      </button>
      {isDeleting && <DeleteDialog ids={[...selected]} onClose={() => setDeleting(false)} onDeleted={onClear} />}
      {exported.isError && (
        <span role="alert" className="selection-error">
          {exported.error.message}
        </span>
      )}
    </div>
  );
}

/** One file with the replay document of each, fetched one after the other. */
async function exportSessions(ids: readonly string[]): Promise<void> {
  const sessions: unknown[] = [];
  const { signal } = new AbortController();
  for (const id of ids) {
    const document = await fetchReplay(id, signal);
    const observations = [...document.observations];
    for (let next = document.nextObservations; next !== null; ) {
      const page = await fetchObservations(id, next, signal);
      observations.push(...page.observations);
      next = page.nextObservations;
    }
    sessions.push({ ...document, observations, nextObservations: null });
  }
  saveFile('sessions.json', JSON.stringify({ sessions }, null, 1));
}
