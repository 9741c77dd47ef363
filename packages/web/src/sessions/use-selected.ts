import { useCallback, useEffect, useState } from 'react';

const NONE: ReadonlySet<string> = new Set();

/** The sessions that are selected in one list; none in another. */
export function useSelected(address: string) {
  const [selected, setSelected] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins with none
  useEffect(() => setSelected(NONE), [address]);
  const select = useCallback((id: string, isSelected: boolean) => {
    setSelected((before) => {
      const after = new Set(before);
      if (isSelected) after.add(id);
      else after.delete(id);
      return after;
    });
  }, []);
  const clear = useCallback(() => setSelected(NONE), []);
  return { selected, select, clear };
}
