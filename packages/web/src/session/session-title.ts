import type { ReplayDocument } from '@powerrag/protocol';

const MOST_UNITS = 200;

/** What a session is called: its first question on one line; without one its id. */
export function sessionTitle({ session, turns }: Pick<ReplayDocument, 'session' | 'turns'>): string {
  for (const { messages } of turns) {
    for (const { role, parts } of messages) {
      if (role !== 'user') continue;
      const text = parts.map((part) => (part.type === 'text' ? part.text.slice(0, MOST_UNITS) : '')).join(' ');
      const line = text.replaceAll(/\s+/g, ' ').trim();
      if (line !== '') return line.slice(0, MOST_UNITS);
    }
  }
  return session.id;
}
