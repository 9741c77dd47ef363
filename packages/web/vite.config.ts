import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { fonts } from './build/fonts.js';
import { offlinePlayer } from './build/offline-player.js';
import { scriptBudget } from './build/script-budget.js';

const target = ['chrome123', 'firefox120', 'safari17.5'];

export default defineConfig({
  plugins: [react(), fonts(), offlinePlayer(target), scriptBudget(160_000)],
  // The page is served under a policy that allows files of its own host only: nothing may be inlined as a data URL.
  build: {
    target,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4318' } },
});
