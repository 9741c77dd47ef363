import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'src/main.ts', 'page/chat': 'src/page/chat.ts' },
  format: ['esm'],
  target: 'es2022',
  platform: 'node',
  // The page is served chat.js and nothing beside it.
  splitting: false,
  sourcemap: true,
  clean: true,
});
