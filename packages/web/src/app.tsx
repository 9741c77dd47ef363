import { lazy, Suspense } from 'react';
import { Link, Route, Switch } from 'wouter';
import { SessionsPage } from './sessions/sessions-page.js';
import { ThemeToggle } from './theme/theme-toggle.js';
import { Notice } from './ui/notice.js';
import './app.css';

const SessionPage = lazy(() => import('./session/session-page.js'));

export function App() {
  return (
    <div className="app">
      <header className="app-bar">
        <Link href="/sessions" className="app-brand">
          <Mark />
          PowerRAG
        </Link>
        <Switch>
          <Route path="/sessions/:id">
            {({ id }) => (
              <nav className="app-path" aria-label="Breadcrumb">
                <Link href="/sessions">Sessions</Link>
                <span aria-hidden="true">/</span>
                <span className="app-path-here" title={id}>
                  {id}
                </span>
              </nav>
            )}
          </Route>
        </Switch>
        <div className="app-tools">
          <ThemeToggle />
        </div>
      </header>
      <Suspense fallback={<Notice title="Loading…" />}>
        <Switch>
          <Route path="/" component={SessionsPage} />
          <Route path="/sessions" component={SessionsPage} />
          <Route path="/sessions/:id">{({ id }) => <SessionPage key={id} sessionId={id} />}</Route>
          <Route>
            <main className="app-main">
              <Notice title="There is no page at this address.">
                <Link href="/sessions">To the sessions</Link>
              </Notice>
            </main>
          </Route>
        </Switch>
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
