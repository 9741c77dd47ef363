import { useCallback, useState } from 'react';

/**
 * A setting of this reader on this machine, kept where the browser allows it. What was stored is taken only where it is of the same
 * kind as what stands for it at first.
 */
export function useStored<T extends number | boolean | string>(name: string, atFirst: T): [T, (value: T) => void] {
  const key = `powerrag.${name}`;
  const [value, setValue] = useState<T>(() => stored(key, atFirst));
  const store = useCallback(
    (next: T): void => {
      setValue(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing: the setting holds until the page is closed.
      }
    },
    [key],
  );
  return [value, store];
}

function stored<T>(key: string, atFirst: T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return isSameKind(value, atFirst) ? value : atFirst;
  } catch {
    return atFirst;
  }
}

function isSameKind<T>(value: unknown, like: T): value is T {
  return typeof value === typeof like;
}
