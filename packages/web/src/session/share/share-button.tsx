import { lazy, Suspense, useContext, useMemo, useState } from 'react';
import { useCommands } from '../../commands/registry.js';
import { IconButton } from '../../ui/icon-button.js';
import { OfflineContext } from '../state/offline-context.js';

const ShareDialog = lazy(() => import('./share-dialog.js'));

/** Opens what a session can be shared as. Absent from a file that replays offline. */
export function ShareButton() {
  const isOffline = useContext(OfflineContext);
  const [isOpen, setOpen] = useState(false);
  const group = useMemo(() => {
    const share = { says: 'Share or export this session', keys: ['S'], run: () => setOpen(true) };
    return { title: 'Share', commands: isOffline ? [] : [share] };
  }, [isOffline]);
  useCommands(group);
  if (isOffline) return null;
  return (
    <>
      <IconButton icon="link" label="Share or export" title="Share or export (Shift S)" onClick={() => setOpen(true)} />
      {isOpen && (
        <Suspense>
          <ShareDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
