import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { OFFLINE_DATA } from './api/offline-data.js';
import { holdBodies } from './offline/hold-bodies.js';
import { readExport } from './offline/read-export.js';
import { Session } from './session/session-page.js';
import { OfflineContext } from './session/state/offline-context.js';
import { sessionTitle } from './session/state/session-title.js';
import { applyTheme, storedTheme } from './theme/theme.js';
import { ThemeToggle } from './theme/theme-toggle.js';
import { formatAbsolute } from './ui/format.js';
import { Notice } from './ui/notice.js';
import { titleText } from './ui/shown-text.js';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './theme/tokens.css';
import './theme/base.css';
import './ui/ui.css';
import './app.css';
import './offline/offline.css';

applyTheme(storedTheme());

const root = document.getElementById('root');
if (root === null) throw new Error('The file has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <Player text={document.getElementById(OFFLINE_DATA.id)?.textContent ?? ''} />
  </StrictMode>,
);

/** A session in a file of its own, in the same panes as on a server. */
function Player({ text }: { readonly text: string }) {
  const session = readExport(text);
  if (typeof session === 'string') return <Notice title={session} tone="danger" isPage />;
  document.title = `${titleText(sessionTitle(session.replay))} · PowerRAG`;
  const client = new QueryClient();
  holdBodies(client, session);
  return (
    <QueryClientProvider client={client}>
      <OfflineContext value={true}>
        <Router hook={nowhere} hrefs={() => '#'}>
          <div className="app">
            <header className="app-bar">
              <span className="app-brand">PowerRAG</span>
              <span className="quiet">Saved {formatAbsolute(session.exportedAtMs)}</span>
              <div className="app-tools">
                <ThemeToggle />
              </div>
            </header>
            <Session document={session.replay} />
          </div>
        </Router>
      </OfflineContext>
    </QueryClientProvider>
  );
}

/** A file is one place: links to other pages lead nowhere. */
function nowhere(): [string, () => void] {
  return ['/', () => {}];
}
