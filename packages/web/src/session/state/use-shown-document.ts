import type { ReplayDocument, ReplayObservation } from '@powerrag/protocol';
import { useCallback, useMemo, useState } from 'react';
import { endAbandoned } from './abandoned.js';
import { alignedClocks } from './clocks.js';
import { quietGaps } from './quiet.js';
import type { Clocks } from './replay-context.js';

/** A document as it is shown: clocks aligned unless somebody wants the times as they were sent, nothing running for ever, quiet folded. */
export function useShownDocument(stored: ReplayDocument): {
  readonly document: ReplayDocument;
  readonly isAbandoned: (observation: ReplayObservation) => boolean;
  readonly clocks: Clocks | null;
} {
  const [isRaw, setRaw] = useState(false);
  const toggle = useCallback(() => setRaw((current) => !current), []);
  const over = useMemo(() => endAbandoned(stored), [stored]);
  const aligned = useMemo(() => alignedClocks(over.document), [over]);
  const hasWrong = aligned !== over.document;
  const clocks = useMemo(() => (hasWrong ? { areAligned: !isRaw, toggle } : null), [hasWrong, isRaw, toggle]);
  const shown = isRaw ? over.document : aligned;
  const document = useMemo(() => ({ ...shown, gaps: quietGaps(shown) }), [shown]);
  return { document, isAbandoned: over.isAbandoned, clocks };
}
