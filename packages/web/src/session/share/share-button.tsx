import { lazy, Suspense, useContext, useState } from 'react';
import { IconButton } from '../../ui/icon-button.js';
import { OfflineContext } from '../state/offline-context.js';

const ShareDialog = lazy(() => import('./share-dialog.js'));

/** Opens what a session can be shared as. Absent from a file that replays offline. */
export function ShareButton() {
  const isOffline = useContext(OfflineContext);
  const [isOpen, setOpen] = useState(false);
  if (isOffline) return null;
  return (
    <>
      <IconButton icon="link" label="Share or export" onClick={() => setOpen(true)} />
      {isOpen && (
        <Suspense>
          <ShareDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
