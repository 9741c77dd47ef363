import type { ReplayMessage } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { replayDocument, turn } from '../../testing/replay-document.js';
import { sessionTitle } from './session-title.js';

const says = (role: 'user' | 'system', text: string): ReplayMessage => ({
  role,
  parts: [{ type: 'text', text }],
  atMs: 0,
  observationId: 'x',
});
const titleOf = (name: string | null, ...messages: ReplayMessage[]) => {
  const document = replayDocument([], { turns: [turn({ startMs: 0, messages })] });
  return sessionTitle({ ...document, session: { ...document.session, name } });
};

describe('what a session is called', () => {
  it('is its name', () => expect(titleOf('Returns', says('user', 'How long?'))).toBe('Returns'));

  it('is its first question on one line, where it has no name', () => {
    expect(titleOf(null, says('system', 'Be brief.'), says('user', ' How\nlong? '))).toBe('How long?');
    expect(titleOf('', says('user', 'x'.repeat(500)))).toHaveLength(200);
  });

  it('is its id, where nobody asked anything', () => expect(titleOf(null)).toBe('session-1'));
});
