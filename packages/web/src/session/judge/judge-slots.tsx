import { lazy, Suspense } from 'react';
import type { ReadTurn } from '../state/read-turn.js';
import { useJudge } from './judge-context.js';
import type { JudgeTarget } from './target.js';

const Buttons = lazy(() => import('./judge-parts.js').then(({ JudgeButtons }) => ({ default: JudgeButtons })));
const List = lazy(() => import('./judge-parts.js').then(({ AnnotationList }) => ({ default: AnnotationList })));
const Notes = lazy(() => import('./judge-parts.js').then(({ PassageNotes }) => ({ default: PassageNotes })));
const Layer = lazy(() => import('./judge-parts.js').then(({ JudgeLayer }) => ({ default: JudgeLayer })));

/** Thumbs and a comment for a target, with what it was given. */
export function JudgeButtonsOf({ target }: { readonly target: JudgeTarget | null }) {
  if (target === null) return null;
  return (
    <Suspense>
      <Buttons target={target} />
    </Suspense>
  );
}

/** All scores and comments on a target; of a session all that are in it. */
export function AnnotationsOf({ target }: { readonly target: JudgeTarget }) {
  const { annotations } = useJudge();
  if (annotations.length === 0) return null;
  return (
    <Suspense>
      <List target={target} />
    </Suspense>
  );
}

/** What was said of passages of a message. */
export function PassageNotesOf(message: { readonly traceId: string; readonly observationId: string }) {
  const { annotations } = useJudge();
  if (!annotations.some(({ passage }) => passage !== undefined)) return null;
  return (
    <Suspense>
      <Notes {...message} />
    </Suspense>
  );
}

/** What judging needs once on a page. */
export function JudgeLayerOf({ read }: { readonly read: ReadTurn }) {
  const { store } = useJudge();
  if (store === null) return null;
  return (
    <Suspense>
      <Layer read={read} store={store} />
    </Suspense>
  );
}
