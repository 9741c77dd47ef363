import type { ObservationLevel, ObservationType } from '@powerrag/protocol';
import fc from 'fast-check';
import { IdStrengths, type Observation } from '../observation/observation.js';
import { anObservation, spanId, traceId } from '../store/testing.js';

const few = <T>(...values: T[]) => fc.constantFrom(...values);

const TEXTS = [
  'May I return it?',
  'Krankenversicherung für 東京',
  'The refund policy of ord-8f3a',
  'Yes.\nBy post.',
  '',
];

/** Versions of a few observations with words, in a few traces that move between a few sessions. */
const version: fc.Arbitrary<Observation> = fc
  .record({
    traceId: few(traceId(1), traceId(2), traceId(3)),
    id: few(spanId(1), spanId(2), spanId(3)),
    type: few<ObservationType>('generation', 'generation', 'span', 'tool', 'agent'),
    parentId: few(null, spanId(1), spanId(4)),
    name: few('chat-turn', 'look_up_order'),
    startMs: few(10, 20, 30),
    endMs: few(null, 15, 25, 40),
    level: few<ObservationLevel>('DEFAULT', 'ERROR'),
    statusMessage: few(null, 'Quota exceeded'),
    question: few(...TEXTS),
    answer: few(...TEXTS),
    trace: fc.record(
      {
        sessionId: few('s1', 's2'),
        sessionIdStrength: few(...Object.values(IdStrengths)),
        metadata: few({ session_title: 'Returns' }, { session_title: 'Post' }, { other: 1 }),
        userId: few('ann', 'bob'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ question, answer, ...say }) =>
    anObservation({
      ...say,
      body: {
        input: question === '' ? null : JSON.stringify([{ role: 'user', content: question }]),
        output: answer === '' ? null : JSON.stringify({ role: 'assistant', content: answer }),
      },
    }),
  );

/** Batches, and after which of them the digests are made. */
export const conversations: fc.Arbitrary<{ batch: Observation[]; isDigested: boolean }[]> = fc.array(
  fc.record({ batch: fc.array(version, { minLength: 1, maxLength: 4 }), isDigested: fc.boolean() }),
  { minLength: 1, maxLength: 6 },
);

/** Queries, some with results and some without. */
export const QUERIES = [
  ...['return', 'versicherung', '京', '"refund policy"', 'ord-8f', 'post yes', 'quota', 'look_up', 'chat', 'returns'],
];
