import { useEffect, useState } from 'react';

const CLOCK_MS = 30_000;

/** The time, Unix milliseconds, to half a minute: for words such as "4 min ago". */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), CLOCK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
