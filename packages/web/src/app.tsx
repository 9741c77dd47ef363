import { lazy, Suspense, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import { listAddress, overviewAddress, sessionsAddress, useAddress, WHOLE_LIST } from './api/address.js';
import type { TimeRangeName } from './api/time-range.js';
import { CommandPalette } from './commands/palette.js';
import { useCommandKeys, useCommands } from './commands/registry.js';
import { defaultView } from './sessions/saved-views.js';
import { ThemeToggle } from './theme/theme-toggle.js';
import { IconButton } from './ui/icon-button.js';
import { loadMarkdown } from './ui/markdown-later.js';
import { Notice } from './ui/notice.js';
import './app.css';
import './commands/commands.css';

const CommandHelp = lazy(() => import('./commands/command-help.js').then((part) => ({ default: part.CommandHelp })));
const SessionsPage = lazy(() => import('./sessions/sessions-page.js'));
const SessionPage = lazy(() => {
  // Its texts are markdown: what draws it comes beside the session's data.
  void loadMarkdown();
  return import('./session/session-page.js');
});
const ComparePage = lazy(() => import('./compare/compare-page.js'));
const OverviewPage = lazy(() => import('./overview/overview-page.js'));

export function App() {
  const address = useAddress();
  const [dialog, setDialog] = useState<'help' | 'palette' | null>(null);
  useAppCommands(setDialog);
  useCommandKeys();
  const close = () => setDialog(null);
  return (
    <div className="app">
      <header className="app-bar">
        <Link href={defaultView()} className="app-brand">
          <Mark />
          PowerRAG
        </Link>
        <nav className="app-nav" aria-label="Pages">
          <Link href={defaultView()} aria-current={currentFor(address.view, 'sessions')}>
            Sessions
          </Link>
          <Link href={overviewAddress()} aria-current={currentFor(address.view, 'overview')}>
            Overview
          </Link>
        </nav>
        <div className="app-tools">
          <IconButton icon="search" label="Commands (Ctrl K)" onClick={() => setDialog('palette')} />
          <IconButton icon="keyboard" label="Keyboard" look="for-keyboards" onClick={() => setDialog('help')} />
          <ThemeToggle />
        </div>
      </header>
      {/* By view: React only hides what a boundary showed while the next part loads, and a hidden page would go on writing the address. */}
      <Suspense key={address.view} fallback={<Notice title="Loading…" />}>
        {address.view === 'sessions' && <SessionsPage list={address.list} />}
        {address.view === 'overview' && <OverviewPage list={address.list} />}
        {address.view === 'compare' && <ComparePage sides={address.sides} />}
        {address.view === 'session' && <SessionPage key={address.sessionId} sessionId={address.sessionId} />}
        {address.view === 'nothing' && (
          <main className="app-main">
            <Notice title="There is no page at this address." icon="search" isPage>
              <Link className="button" href={sessionsAddress()}>
                To the sessions
              </Link>
            </Notice>
          </main>
        )}
      </Suspense>
      <Suspense>{dialog === 'help' && <CommandHelp onClose={close} />}</Suspense>
      {dialog === 'palette' && <CommandPalette onClose={close} />}
    </div>
  );
}

/** What a link is to the page that is shown: the page itself, what is around it, or neither. */
function currentFor(shown: string, page: 'sessions' | 'overview'): 'page' | 'true' | undefined {
  if (shown === page) return 'page';
  return page === 'sessions' && (shown === 'session' || shown === 'compare') ? 'true' : undefined;
}

function useAppCommands(show: (dialog: 'help' | 'palette') => void): void {
  const group = useMemo(() => {
    const list = (when: TimeRangeName) => () => navigate(listAddress({ ...WHOLE_LIST, when }));
    return {
      title: 'Everywhere',
      commands: [
        { says: 'Find a command or a session', keys: ['Mod+k'], run: () => show('palette'), isNamed: false },
        { says: 'Show the keys', keys: ['?'], run: () => show('help') },
        { says: 'Go to the sessions', keys: [], run: () => navigate(sessionsAddress()) },
        { says: 'Go to the overview', keys: [], run: () => navigate(overviewAddress()) },
        { says: 'Sessions of yesterday evening', keys: [], run: list('yesterday-evening') },
        { says: 'Sessions of today', keys: [], run: list('today') },
        { says: 'Sessions with errors', keys: [], run: () => navigate(sessionsAddress({ hasErrors: true })) },
      ],
    };
  }, [show]);
  useCommands(group);
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="app-mark-ground" />
      <path d="M8 10h9M8 16h16M8 22h6" className="app-mark-line" strokeWidth="3" strokeLinecap="round" />
      <circle cx="21" cy="10" r="2.5" className="app-mark-dot" />
      <circle cx="18" cy="22" r="2.5" className="app-mark-dot" />
    </svg>
  );
}
