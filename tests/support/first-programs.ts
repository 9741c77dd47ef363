import type { ReplayDocument } from '@powerrag/protocol';
import { expect } from 'vitest';
import { getJson } from './http.js';

/** Waits for the session that the programs of the page's first view send, and holds it to what they say. */
export async function expectFirstSession(serverUrl: string): Promise<void> {
  const words = async () => {
    const response = await fetch(`${serverUrl}/api/v1/sessions/my-first-session/replay`);
    if (!response.ok) return [];
    const { turns } = (await getJson(`${serverUrl}/api/v1/sessions/my-first-session/replay`)) as ReplayDocument;
    return turns.flatMap(({ messages }) =>
      messages.map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join('')),
    );
  };
  await expect.poll(words, { timeout: 20_000 }).toEqual(['Does it work?', 'It works.']);
}
