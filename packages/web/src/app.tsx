import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import { sessionsAddress, useAddress } from './api/address.js';
import { SessionsPage } from './sessions/sessions-page.js';
import { ThemeToggle } from './theme/theme-toggle.js';
import { Notice } from './ui/notice.js';
import './app.css';

const SessionPage = lazy(() => import('./session/session-page.js'));

/** What the link to the sessions is on each view: the page itself, what is around it, or neither. */
const CURRENT = { sessions: 'page', session: 'true', nothing: undefined } as const;

export function App() {
  const address = useAddress();
  return (
    <div className="app">
      <header className="app-bar">
        <Link href={sessionsAddress()} className="app-brand">
          <Mark />
          PowerRAG
        </Link>
        <nav className="app-nav" aria-label="Pages">
          <Link href={sessionsAddress()} aria-current={CURRENT[address.view]}>
            Sessions
          </Link>
        </nav>
        <div className="app-tools">
          <ThemeToggle />
        </div>
      </header>
      <Suspense fallback={<Notice title="Loading…" />}>
        {address.view === 'sessions' && <SessionsPage filter={address.filter} />}
        {address.view === 'session' && <SessionPage key={address.sessionId} sessionId={address.sessionId} />}
        {address.view === 'nothing' && (
          <main className="app-main">
            <Notice title="There is no page at this address.">
              <Link href={sessionsAddress()}>To the sessions</Link>
            </Notice>
          </main>
        )}
      </Suspense>
    </div>
  );
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
