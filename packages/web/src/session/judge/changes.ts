import type { ReplayAnnotation } from '@powerrag/protocol';
import type { Change } from './judge-store.js';
import { isOn, type JudgeTarget, placeOf } from './target.js';

/** The name of the score that a thumb gives. */
export const THUMB = 'good';

const BLANK = {
  name: '',
  dataType: null,
  value: null,
  stringValue: null,
  text: null,
  origin: 'ANNOTATION',
  timeMs: 0,
} as const;

/** The thumb that a reader has given to a target. */
export function thumbOn(annotations: readonly ReplayAnnotation[], target: JudgeTarget): ReplayAnnotation | null {
  return givenOn(annotations, target, THUMB);
}

/** Up or down: one in place of the other; the same again takes it away. */
export function thumbChange(annotations: readonly ReplayAnnotation[], target: JudgeTarget, isGood: boolean): Change {
  const before = thumbOn(annotations, target);
  const value = isGood ? 1 : 0;
  if (before?.value === value) return { before, after: null };
  const stringValue = isGood ? 'True' : 'False';
  return {
    before,
    after: {
      ...BLANK,
      ...placeOf(target),
      ...{ kind: 'score', id: before?.id ?? newId(), name: THUMB, dataType: 'BOOLEAN', value, stringValue },
    },
  };
}

/** A score of any name: a number where the text is one, else a category. */
export function scoreChange(
  annotations: readonly ReplayAnnotation[],
  target: JudgeTarget,
  { name, text }: { readonly name: string; readonly text: string },
): Change {
  const before = givenOn(annotations, target, name);
  const number = Number(text);
  const isNumber = text !== '' && Number.isFinite(number);
  return {
    before,
    after: {
      ...BLANK,
      ...placeOf(target),
      ...{ kind: 'score', id: before?.id ?? newId(), name },
      ...(isNumber
        ? { dataType: 'NUMERIC', value: number, stringValue: null }
        : { dataType: 'CATEGORICAL', value: null, stringValue: text }),
    },
  };
}

export function commentChange(target: JudgeTarget, text: string): Change {
  return { before: null, after: { ...BLANK, ...placeOf(target), kind: 'comment', id: newId(), text } };
}

/** The score of a name that a person gave, not a program. */
function givenOn(annotations: readonly ReplayAnnotation[], target: JudgeTarget, name: string): ReplayAnnotation | null {
  return (
    annotations.findLast(
      (each) => each.kind === 'score' && each.name === name && each.origin === 'ANNOTATION' && isOn(each, target),
    ) ?? null
  );
}

/** `crypto.randomUUID` is absent where the page comes without TLS from another host. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
