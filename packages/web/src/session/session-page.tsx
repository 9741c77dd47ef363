import type { ReplayDocument } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { sessionsAddress } from '../api/address.js';
import { ApiError } from '../api/client.js';
import { replayQuery } from '../api/queries.js';
import { Notice } from '../ui/notice.js';
import { titleText } from '../ui/shown-text.js';
import { ObservationPanel } from './details/observation-panel.js';
import { JudgeProvider } from './judge/judge-context.js';
import { JudgeLayerOf } from './judge/judge-slots.js';
import { Navigator } from './navigator.js';
import { type Pane, PaneTabs } from './pane-tabs.js';
import { useColumns } from './panes/use-columns.js';
import { ReadingPane } from './reading-pane.js';
import { SessionHeader } from './session-header.js';
import { useIsLive } from './state/live.js';
import { isReplayed, readMoment } from './state/moment.js';
import { ReadTurn } from './state/read-turn.js';
import { browserClock, ReplayContext, useReplay, useReplayState } from './state/replay-context.js';
import { type ReplayState, ReplayStore } from './state/replay-store.js';
import { SessionHistory } from './state/session-history.js';
import { useMomentAddress } from './state/use-address.js';
import { useChanges } from './state/use-changes.js';
import { usePages } from './state/use-pages.js';
import { useShownDocument } from './state/use-shown-document.js';
import { Timeline } from './timeline/timeline.js';
import { useShortcuts } from './use-shortcuts.js';
import { turnWorks } from './work/turn-work.js';
import './session.css';

const CommandHelp = lazy(() => import('../commands/command-help.js').then((part) => ({ default: part.CommandHelp })));

const selectionOf = (state: ReplayState) => state.selection;

export default function SessionPage({ sessionId }: { readonly sessionId: string }) {
  const [isFollowed, setFollowed] = useState(false);
  const replay = useQuery(replayQuery(sessionId, { isFollowed }));
  useChanges(sessionId, replay.data !== undefined, setFollowed);
  usePages(sessionId, replay.data);
  useEffect(() => {
    document.title = `${titleText(sessionId)} · PowerRAG`;
  }, [sessionId]);
  const isLive = useIsLive(replay.data, isFollowed);
  if (replay.data) return <Session document={replay.data} isLive={isLive} />;
  if (replay.isPending) return <Notice title="Loading the session…" />;
  const unknown = replay.error instanceof ApiError && replay.error.status === 404;
  return (
    <main className="app-main">
      <Notice title={unknown ? 'There is no such session' : 'The session could not be loaded'} tone="danger" isPage>
        <p>{replay.error.message}</p>
        {unknown ? (
          <Link className="button" href={sessionsAddress()}>
            To the sessions
          </Link>
        ) : (
          <button type="button" className="button" onClick={() => void replay.refetch()}>
            Try again
          </button>
        )}
      </Notice>
    </main>
  );
}

/** A session in its panes, from a document that is known. */
export function Session({
  document: stored,
  isLive = false,
}: {
  readonly document: ReplayDocument;
  readonly isLive?: boolean;
}) {
  const { document, isAbandoned, clocks } = useShownDocument(stored);
  const history = useMemo(() => new SessionHistory(document, isAbandoned), [document, isAbandoned]);
  const [store] = useState(() => openStore(history));
  useEffect(() => store.extend(document), [store, document]);
  useEffect(() => () => store.pause(), [store]);
  const replay = useMemo(() => ({ history, store, clocks, isLive }), [history, store, clocks, isLive]);
  return (
    <ReplayContext value={replay}>
      <JudgeProvider>
        <SessionPanes />
      </JudgeProvider>
    </ReplayContext>
  );
}

function SessionPanes() {
  const { history } = useReplay();
  const works = useMemo(() => turnWorks(history), [history]);
  const [read] = useState(() => new ReadTurn());
  const [pane, setPane] = useState<Pane>('conversation');
  const [help, setHelp] = useState(false);
  const showHelp = useMemo(() => () => setHelp(true), []);
  const columns = useColumns();
  useShortcuts(showHelp);
  useMomentAddress();
  useShowSelected(setPane);
  return (
    <main className="session" data-pane={pane} style={columns.style}>
      <SessionHeader onHelp={showHelp} />
      <PaneTabs pane={pane} onChoose={setPane} />
      <Navigator works={works} read={read} />
      {columns.splitters}
      <ReadingPane works={works} onRead={read.set} />
      <ObservationPanel works={works} />
      <Timeline />
      <JudgeLayerOf read={read} />
      <Suspense>{help && <CommandHelp onClose={() => setHelp(false)} />}</Suspense>
    </main>
  );
}

/** What somebody selects is what they want to see: on a screen for one pane, that pane is the observation's. */
function useShowSelected(show: (pane: Pane) => void): void {
  const { store } = useReplay();
  const selection = useReplayState(selectionOf);
  const shown = useRef(store.state.selection);
  useEffect(() => {
    if (selection === shown.current) return;
    shown.current = selection;
    if (selection?.observationId) show('observation');
  }, [selection, show]);
}

function openStore(history: SessionHistory): ReplayStore {
  const moment = readMoment(window.location.search, history);
  const { selection, timeMs } = moment;
  if (timeMs === null) return new ReplayStore(history.document, browserClock, { selection });
  const replaying = isReplayed(moment, history);
  return new ReplayStore(history.document, browserClock, { selection, playheadMs: timeMs, replaying });
}
