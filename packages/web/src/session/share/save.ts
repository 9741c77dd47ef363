import { SESSION_EXPORT, type SessionExport } from '@powerrag/protocol';
import { fetchText } from '../../api/client.js';
import { OFFLINE_DATA } from '../../api/offline-data.js';
import { toOfflineFile } from './offline-file.js';
import { toMarkdown } from './to-markdown.js';

/** Saves a session as one HTML file that replays without a server. @throws ApiError */
export async function saveOffline(sessionId: string): Promise<void> {
  const { signal } = new AbortController();
  const [player, session] = await Promise.all([
    fetchText(OFFLINE_DATA.player, signal),
    fetchText(SESSION_EXPORT.of(sessionId), signal),
  ]);
  save(toOfflineFile(player, session), 'text/html', `${fileName(sessionId)}.html`);
}

/** Saves what was said and done in a session as Markdown. @throws ApiError */
export async function saveMarkdown(sessionId: string): Promise<void> {
  const session: SessionExport = JSON.parse(
    await fetchText(SESSION_EXPORT.of(sessionId), new AbortController().signal),
  );
  save([toMarkdown(session)], 'text/markdown', `${fileName(sessionId)}.md`);
}

function save(parts: string[], type: string, name: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function fileName(sessionId: string): string {
  const safe = sessionId.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '');
  return `session-${safe.slice(0, 80) || 'export'}`;
}
