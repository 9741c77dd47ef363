import type { ReplayMessage } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation, replayDocument, turn } from '../../testing/replay-document.js';
import { SessionHistory } from '../state/session-history.js';
import { conversationItems } from './items.js';

const message = (role: ReplayMessage['role'], atMs: number, observationId = 'llm'): ReplayMessage => ({
  role,
  parts: [{ type: 'text', text: role }],
  atMs,
  observationId,
});

const observations = [
  observation({ id: 'root', startMs: 0, endMs: 900 }),
  observation({ id: 'search', startMs: 10, endMs: 200, type: 'retriever' }),
  observation({ id: 'broken', startMs: 210, endMs: 300, type: 'tool', level: 'ERROR' }),
  observation({ id: 'llm', startMs: 310, endMs: 900, type: 'generation' }),
];

function kindsOf(part: Parameters<typeof turn>[0]): string[] {
  const items = conversationItems(new SessionHistory(replayDocument(observations, { turns: [turn(part)] })));
  return items.map((item) => (item.kind === 'message' ? item.message.role : item.kind));
}

describe('conversationItems', () => {
  it('a turn reads: question, what ran, what failed, answer', () => {
    expect(
      kindsOf({
        startMs: 0,
        messages: [message('system', 0), message('user', 0), message('assistant', 900)],
        steps: ['search', 'broken', 'llm'],
        errors: ['broken'],
      }),
    ).toEqual(['turn', 'system', 'user', 'steps', 'error', 'assistant']);
  });

  it('a turn that runs, or whose words are not certain, says so in plain words', () => {
    const uncertain = turn({ startMs: 0, running: true, doubts: ['separate-calls'], unseenAnswers: 2 });
    const items = conversationItems(new SessionHistory(replayDocument(observations, { turns: [uncertain] })));
    expect(items.flatMap((item) => (item.kind === 'notes' ? item.notes : []))).toEqual([
      'This turn is still running.',
      'The model calls of this trace share no history. Each is shown as a turn.',
      '2 earlier answers sent along as history: no turn of this session shows them.',
    ]);
  });

  it('a lone model call is told by its answer', () => {
    expect(kindsOf({ startMs: 0, messages: [message('user', 0), message('assistant', 900)], steps: ['llm'] })).toEqual([
      'turn',
      'user',
      'assistant',
    ]);
  });

  it('a lone model call that never answered is shown as a step', () => {
    for (const askedIn of ['root', 'llm'])
      expect(kindsOf({ startMs: 0, messages: [message('user', 0, askedIn)], steps: ['llm'] })).toEqual([
        'turn',
        'user',
        'steps',
      ]);
  });

  it('what the session does not have is left out', () => {
    expect(kindsOf({ startMs: 0, steps: ['gone'], errors: ['gone'] })).toEqual(['turn']);
  });

  it('every row has a key of its own', () => {
    const turns = [0, 1].map(() => turn({ startMs: 0, messages: [message('user', 0), message('user', 0)] }));
    const keys = conversationItems(new SessionHistory(replayDocument(observations, { turns }))).map((item) => item.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
