import type { ReplayAnnotation } from '@powerrag/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState, useSyncExternalStore } from 'react';
import { deleteAnnotation, writeAnnotation } from '../../api/annotations.js';
import { replayQuery } from '../../api/queries.js';
import { OfflineContext } from '../state/offline-context.js';
import { useReplay } from '../state/replay-context.js';
import { JudgeStore, withPending } from './judge-store.js';
import type { JudgeTarget } from './target.js';

export interface Judge {
  readonly annotations: readonly ReplayAnnotation[];
  /** Null where nothing can be stored: a file that replays offline is read only. */
  readonly store: JudgeStore | null;
  /** What a score and a comment are being written on, in the dialog. */
  readonly asked: JudgeTarget | null;
  /** Opens the dialog for a target; null closes it. */
  readonly ask: (target: JudgeTarget | null) => void;
}

const JudgeContext = createContext<Judge>({ annotations: [], store: null, asked: null, ask: () => {} });

const NONE: readonly ReplayAnnotation[] = [];

/** Lets everything below show and give scores and comments. */
export function JudgeProvider({ children }: { readonly children: ReactNode }) {
  const { history } = useReplay();
  const isOffline = useContext(OfflineContext);
  const client = useQueryClient();
  const { session, annotations: stored = NONE } = history.document;
  const [asked, ask] = useState<JudgeTarget | null>(null);
  const store = useMemo(
    () =>
      new JudgeStore({
        write: (annotation) => writeAnnotation(session.id, annotation),
        remove: deleteAnnotation,
        readAgain: () => client.refetchQueries({ queryKey: replayQuery(session.id).queryKey }),
        now: Date.now,
      }),
    [client, session.id],
  );
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  const annotations = useMemo(() => withPending(stored, state), [stored, state]);
  const judge = useMemo(
    () => ({ annotations, store: isOffline ? null : store, asked, ask }),
    [annotations, isOffline, store, asked],
  );
  return <JudgeContext value={judge}>{children}</JudgeContext>;
}

export function useJudge(): Judge {
  return useContext(JudgeContext);
}
