import type { ReplayDocument } from '@powerrag/protocol';

const MOST_UNITS = 200;

/** What a session is called: the name that the server gives it, else its first question on one line, else its id. */
export function sessionTitle({ session, turns }: Pick<ReplayDocument, 'session' | 'turns'>): string {
  if (session.name !== null && session.name !== '') return session.name;
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
