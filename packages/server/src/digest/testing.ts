import type { Observation } from '../observation/observation.js';
import { anObservation, spanId, traceId } from '../store/testing.js';

/** A turn as a chat application records it: a trace with the question, a tool call, and a model call with the whole history. */
export interface SaidTurn {
  readonly trace: number;
  readonly sessionId?: string;
  readonly question: string;
  readonly answer: string;
  /** Messages of earlier turns. */
  readonly history?: readonly { readonly role: string; readonly content: string }[];
  readonly startMs?: number;
  readonly metadata?: Observation['trace']['metadata'];
}

export function aTurn({
  trace,
  sessionId,
  question,
  answer,
  history = [],
  startMs = trace * 1_000,
  metadata,
}: SaidTurn): Observation[] {
  const common = { traceId: traceId(trace), startMs, endMs: startMs + 100 };
  const messages = [...history, { role: 'user', content: question }];
  return [
    anObservation({
      ...common,
      id: spanId(1),
      name: 'chat-turn',
      trace: { ...(sessionId !== undefined && { sessionId }), ...(metadata !== undefined && { metadata }) },
    }),
    anObservation({ ...common, id: spanId(2), parentId: spanId(1), type: 'tool', name: 'look_up_order' }),
    anObservation({
      ...common,
      id: spanId(3),
      parentId: spanId(1),
      type: 'generation',
      name: 'answer-customer',
      body: { input: JSON.stringify(messages), output: JSON.stringify({ role: 'assistant', content: answer }) },
    }),
  ];
}
