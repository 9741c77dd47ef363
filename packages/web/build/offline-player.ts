import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import react from '@vitejs/plugin-react';
import { build, type Plugin, type Rolldown } from 'vite';
import { OFFLINE_DATA } from '../src/api/offline-data.js';

/**
 * Builds the player once more as one file, `player.html`, which the page fills with a session and saves. Its policy lets its own
 * script and style run, by their hashes, and nothing else: the file can ask no host, whatever is in the session.
 */
export function offlinePlayer(target: string[]): Plugin {
  return {
    name: 'offline-player',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: OFFLINE_DATA.player.slice(1), source: await buildPlayer(target) });
    },
  };
}

async function buildPlayer(target: string[]): Promise<string> {
  const result = await build({
    configFile: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'warn',
    publicDir: false,
    plugins: [react()],
    build: {
      target,
      write: false,
      cssCodeSplit: false,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      modulePreload: false,
      rolldownOptions: { input: 'src/offline-main.tsx', output: { format: 'iife', codeSplitting: false } },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const files = output !== undefined && 'output' in output ? output.output : [];
  const { chunks, styles } = partsOf(files);
  const [script] = chunks;
  if (script === undefined || chunks.length > 1)
    throw new Error(`The player must be one script, got ${chunks.length}.`);
  return toPage(inline(script, 'script'), inline(styles.join('\n'), 'style'));
}

function partsOf(files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[]) {
  const chunks: string[] = [];
  const styles: string[] = [];
  for (const file of files) {
    if (file.type === 'chunk') chunks.push(file.code);
    else if (file.fileName.endsWith('.css')) styles.push(Buffer.from(file.source).toString());
    else throw new Error(`The player must be one file, and ${file.fileName} is beside it.`);
  }
  return { chunks, styles };
}

/** The text as a browser reads it back from inside an element. */
function inline(text: string, element: 'script' | 'style'): string {
  // An escape that strings, templates and every regular expression take for the same character.
  const safe = element === 'script' ? text.replaceAll(/<(?=!--|\/script)/gi, '\\x3c') : text;
  // Throws where the escape stands in code rather than in a text.
  if (element === 'script') new Script(safe);
  // A browser would change these, and then the hash is that of another text.
  if (safe.includes('\0') || safe.includes('\r') || safe.includes(`</${element}`)) {
    throw new Error(`The ${element} of the player has characters that cannot stand in an HTML file.`);
  }
  return safe;
}

function toPage(script: string, style: string): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'font-src data:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>PowerRAG</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
${OFFLINE_DATA.element}</script>
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
