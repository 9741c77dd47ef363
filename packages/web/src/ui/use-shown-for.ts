import { useEffect, useState } from 'react';

/** Whether the component has been on the page for a time, in milliseconds: what is only scrolled past never is. */
export function useShownFor(ms: number): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isOver;
}
