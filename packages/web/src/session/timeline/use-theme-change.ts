import { useEffect, useState } from 'react';

/** A number that changes with the colours of the page: by the toggle, or by the system's own setting. */
export function useThemeChange(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = (): void => setChanges((count) => count + 1);
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    const toggle = new MutationObserver(changed);
    system.addEventListener('change', changed);
    toggle.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      system.removeEventListener('change', changed);
      toggle.disconnect();
    };
  }, []);
  return changes;
}
