import type { ReplayMessage, ReplayObservation, ReplayTurn } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation, replayDocument, turn } from '../../testing/replay-document.js';
import { SessionHistory } from '../state/session-history.js';
import { turnWorks } from '../work/turn-work.js';
import { type ConversationItem, conversationItems, type Density } from './items.js';
import { positionOfSelection, RowTimes } from './place.js';

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

function itemsOf(
  all: readonly ReplayObservation[],
  turns: readonly ReplayTurn[],
  density: Density = 'conversation',
  closed = '',
): ConversationItem[] {
  const history = new SessionHistory(replayDocument(all, { turns }));
  return conversationItems(
    history,
    turnWorks(history),
    density,
    (key, otherwise) => otherwise && !key.endsWith(closed),
  );
}

function kindsOf(part: Parameters<typeof turn>[0], density: Density = 'conversation'): string[] {
  return itemsOf(observations, [turn(part)], density).map((item) =>
    item.kind === 'message' ? item.message.role : item.kind === 'step' ? item.step.observation.id : item.kind,
  );
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
    const items = itemsOf(observations, [uncertain]);
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
    const keys = itemsOf(observations, turns).map((item) => item.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('failures of one tool that follow each other are one row', () => {
    const fails = ['a', 'b', 'c'].map((id, n) =>
      observation({ id, name: id === 'c' ? 'other' : 'lookup', startMs: n * 10, endMs: n * 10 + 5, level: 'ERROR' }),
    );
    const items = itemsOf(fails, [turn({ startMs: 0, errors: ['a', 'b', 'c'] })]);
    expect(items.flatMap((item) => (item.kind === 'error' ? [item.observations.map(({ id }) => id)] : []))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
  });
});

describe('the steps of a session', () => {
  const asked = { startMs: 0, messages: [message('user', 0), message('tool', 300), message('assistant', 900)] };

  it('stand between the question and the answer, in order of time, failures among them', () => {
    expect(kindsOf({ ...asked, errors: ['broken'] }, 'steps')).toEqual([
      'turn',
      'user',
      'root',
      'search',
      'broken',
      'llm',
      'assistant',
    ]);
  });

  const nested = [
    observation({ id: 'root', startMs: 0, endMs: 900 }),
    observation({ id: 'agent', parentId: 'root', type: 'agent', startMs: 10, endMs: 800 }),
    observation({ id: 'inner', parentId: 'agent', startMs: 20, endMs: 30 }),
    observation({ id: 'answer', parentId: 'root', startMs: 810, endMs: 890 }),
  ];

  it('of a sub-agent are below it, where it is open', () => {
    const levels = (closed?: string) =>
      itemsOf(nested, [turn(asked)], 'steps', closed).flatMap((item) =>
        item.kind === 'step' ? [`${item.level} ${item.step.observation.id}`] : [],
      );
    expect(levels('none')).toEqual(['0 agent', '1 inner', '0 answer']);
    expect(levels('agent')).toEqual(['0 agent', '0 answer']);
  });

  it('show what is selected, or the nearest around it', () => {
    const history = new SessionHistory(replayDocument(nested, { turns: [turn(asked)] }));
    const place = (observationId: string | null, closed: string) => {
      const items = itemsOf(nested, [turn(asked)], 'steps', closed);
      return items[positionOfSelection(items, { traceId: 'trace-1', observationId }, history)]?.key;
    };
    expect(place('inner', 'none')).toBe('0:sinner');
    expect(place('inner', 'agent')).toBe('0:sagent');
    expect(place('root', 'none')).toBe('0');
    expect(place(null, 'none')).toBe('0');
  });
});

describe('where the playhead is', () => {
  it('is the message that came last, whichever turn it is of', () => {
    const items = itemsOf(observations, [
      turn({ startMs: 0, messages: [message('user', 0), message('assistant', 700)] }),
      turn({ startMs: 300, messages: [message('user', 300)] }),
    ]);
    const times = new RowTimes(items);
    const at = (timeMs: number) => items[times.at(timeMs)];
    expect(times.at(-1)).toBe(-1);
    expect(at(299)).toMatchObject({ message: { atMs: 0 } });
    expect(at(300)).toMatchObject({ message: { atMs: 300 } });
    expect(at(5000)).toMatchObject({ message: { atMs: 700 } });
  });

  it('is among steps the one that began last', () => {
    const asked = turn({ startMs: 0, messages: [message('user', 0, 'root'), message('assistant', 900, 'root')] });
    const items = itemsOf(observations, [asked], 'steps');
    const times = new RowTimes(items);
    const at = (timeMs: number) => items[times.at(timeMs)];
    expect(times.at(-1)).toBe(-1);
    expect(at(5)).toMatchObject({ step: { observation: { id: 'root' } } });
    expect(at(150)).toMatchObject({ step: { observation: { id: 'search' } } });
    expect(at(400)).toMatchObject({ step: { observation: { id: 'llm' } } });
    expect(at(900)).toMatchObject({ message: { role: 'assistant' } });
  });
});
