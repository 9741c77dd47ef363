import type { ReplayAnnotation, ReplayTurn, TextQuote } from '@powerrag/protocol';

/** What a score or a comment can be on. */
export type JudgeTarget =
  | { readonly kind: 'session' }
  | {
      readonly kind: 'turn';
      readonly traceId: string;
      /** Its number in its trace, from 1; absent where the trace holds no other. */
      readonly turn?: number;
      /** Its number in the session, from 1. */
      readonly number: number;
    }
  | { readonly kind: 'observation'; readonly traceId: string; readonly observationId: string; readonly name: string }
  | {
      readonly kind: 'passage';
      readonly traceId: string;
      readonly observationId: string | null;
      readonly passage: TextQuote;
    };

/** Where on its session an annotation is. */
export type Place = Pick<ReplayAnnotation, 'traceId' | 'observationId' | 'turn' | 'passage'>;

/** The turn at a position of the session; null if the session has no such position. */
export function turnTarget(turns: readonly ReplayTurn[], position: number): JudgeTarget | null {
  const turn = turns[position];
  if (turn === undefined) return null;
  const { traceId } = turn;
  const ofTrace = turns.filter((each) => each.traceId === traceId);
  const place = ofTrace.length > 1 ? { turn: ofTrace.indexOf(turn) + 1 } : {};
  return { kind: 'turn', traceId, number: position + 1, ...place };
}

export function placeOf(target: JudgeTarget): Place {
  switch (target.kind) {
    case 'session':
      return { traceId: null, observationId: null };
    case 'turn':
      return { traceId: target.traceId, observationId: null, ...(target.turn !== undefined && { turn: target.turn }) };
    case 'observation':
      return { traceId: target.traceId, observationId: target.observationId };
    case 'passage':
      return { traceId: target.traceId, observationId: target.observationId, passage: target.passage };
  }
}

/** Whether an annotation is on that, and not only on a part of it. One on a whole trace is on the first of its turns. */
export function isOn(place: Place, target: JudgeTarget): boolean {
  switch (target.kind) {
    case 'session':
      return place.traceId === null && place.observationId === null;
    case 'turn':
      return (
        place.traceId === target.traceId &&
        place.observationId === null &&
        place.passage === undefined &&
        (place.turn ?? 1) === (target.turn ?? place.turn ?? 1)
      );
    case 'observation':
      return (
        place.observationId === target.observationId &&
        (place.traceId ?? target.traceId) === target.traceId &&
        place.passage === undefined
      );
    case 'passage':
      return (
        place.traceId === target.traceId &&
        place.observationId === target.observationId &&
        place.passage?.exact === target.passage.exact &&
        place.passage.prefix === target.passage.prefix
      );
  }
}

/** Whether a passage may be in a message that was read from an observation. */
export function mayBeIn(place: Place, traceId: string, observationId: string): boolean {
  if (place.passage === undefined || (place.traceId ?? traceId) !== traceId) return false;
  return place.observationId === null || place.observationId === observationId;
}

const MOST_WORDS = 60;

/** What it is called within a sentence. */
export function targetName(target: JudgeTarget): string {
  switch (target.kind) {
    case 'session':
      return 'this session';
    case 'turn':
      return `turn ${target.number}`;
    case 'observation':
      return target.name;
    case 'passage': {
      const words = target.passage.exact.replace(/\s+/g, ' ');
      return `“${words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words}”`;
    }
  }
}
