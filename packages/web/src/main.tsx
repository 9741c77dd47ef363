import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { readAddress } from './api/address.js';
import { replayQuery, shouldRetry } from './api/queries.js';
import { App } from './app.js';
import { applyTheme, storedTheme } from './theme/theme.js';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './theme/tokens.css';
import './theme/base.css';
import './ui/ui.css';

applyTheme(storedTheme());

const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: shouldRetry, staleTime: 5_000, refetchOnWindowFocus: false } },
});

// A session comes while the scripts that show it do.
const address = readAddress(window.location.pathname, window.location.search);
if (address.view === 'session') void queryClient.prefetchQuery(replayQuery(address.sessionId));

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
