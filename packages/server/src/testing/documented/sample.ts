import type { Json } from '@powerrag/protocol';

type Attributes = Readonly<Record<string, Json>>;

/** A span made after the documentation or the source of a client, and what a person must see of it. */
export interface Sample {
  readonly client: string;
  /** Default: no name. */
  readonly scope?: string;
  readonly name?: string;
  readonly attributes: Attributes;
  readonly events?: readonly (readonly [name: string, attributes: Attributes])[];
  readonly shows: Readonly<Record<string, unknown>>;
}

export const QUESTION = 'What is the capital of France?';
export const ANSWER = 'The capital of France is Paris.';
export const TURN = `${QUESTION} → ${ANSWER}`;
export const json = (value: Json): string => JSON.stringify(value);
export const MESSAGES = json([{ role: 'user', content: QUESTION }]);
export const REPLY = json([{ role: 'assistant', content: ANSWER }]);
