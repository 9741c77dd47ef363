import { useCallback, useState } from 'react';
import { readStored, writeStored } from '../api/stored.js';
import type { Pane } from './toolbar.js';

const STORED = 'list-panes';
/** Below this the filters would leave no room for the list. */
const NARROW_PX = 1_000;

/** Which panes stand beside the list; remembered in this browser. */
export function usePanes() {
  const [panes, setPanes] = useState(storedPanes);
  const togglePane = useCallback((pane: Pane) => {
    setPanes((before) => {
      const after = { ...before, [pane]: !before[pane] };
      writeStored(STORED, JSON.stringify(after));
      return after;
    });
  }, []);
  return { panes, togglePane };
}

function storedPanes(): Readonly<Record<Pane, boolean>> {
  const isWide = window.innerWidth >= NARROW_PX;
  const stored = readStored(STORED);
  if (stored === null || !isWide) return { filters: isWide, preview: false };
  return { filters: stored.includes('"filters":true'), preview: stored.includes('"preview":true') };
}
