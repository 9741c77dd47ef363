import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ApiError, deleteSession } from '../api/client.js';
import { plural } from '../ui/format.js';

/** Asks before sessions are deleted, deletes them, and has the list read anew. */
export function DeleteDialog({
  ids,
  onClose,
  onDeleted,
}: {
  readonly ids: readonly string[];
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const client = useQueryClient();
  useEffect(() => dialog.current?.showModal(), []);
  const deletion = useMutation({
    mutationFn: () => deleteAll(ids),
    onSettled: () => client.resetQueries(),
    onSuccess: onDeleted,
  });
  const what = plural(ids.length, 'session');
  return (
    <dialog ref={dialog} className="delete-dialog" aria-labelledby="delete-title" onClose={onClose}>
      <h2 id="delete-title">Delete {what} for good?</h2>
      <p>With all traces, scores and comments. It cannot be undone.</p>
      {deletion.isError && (
        <p role="alert" className="selection-error">
          {deletion.error.message}
        </p>
      )}
      <div className="delete-buttons">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          className="button"
          data-tone="danger"
          disabled={deletion.isPending}
          onClick={() => deletion.mutate()}
        >
          {deletion.isPending ? 'Deleting…' : `Delete ${what}`}
        </button>
      </div>
    </dialog>
  );
}

/** One after the other; one that is not there any more is deleted already. */
async function deleteAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await deleteSession(id).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }
}
