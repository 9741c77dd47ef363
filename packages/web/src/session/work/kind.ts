import type { ObservationType } from '@powerrag/protocol';

/** What a stretch of time went to. */
export const WORK_KINDS = ['model', 'tool', 'retrieval', 'judge', 'own', 'waiting'] as const;

export type WorkKind = (typeof WORK_KINDS)[number];

/** What each kind is called beside its figure. */
export const WORK_NAMES: Readonly<Record<WorkKind, string>> = {
  model: 'Model',
  tool: 'Tools',
  retrieval: 'Retrieval',
  judge: 'Checks',
  own: 'Own code',
  waiting: 'Waiting',
};

const KIND_OF_TYPE: Readonly<Record<ObservationType, Exclude<WorkKind, 'waiting'>>> = {
  generation: 'model',
  tool: 'tool',
  retriever: 'retrieval',
  embedding: 'retrieval',
  evaluator: 'judge',
  guardrail: 'judge',
  agent: 'own',
  chain: 'own',
  span: 'own',
  event: 'own',
};

/** A tool or span that hands the work to a person, by what such steps are called: `ask_human`, `approval`, `wait_for_user`. */
const OF_A_PERSON =
  /(?:^|[^a-z])(?:humans?|approv(?:e|al)|user[_ -]?input|ask[_ -]?(?:the[_ -])?user|wait[_ -]?for[_ -]?user|confirm(?:ation)?)(?:[^a-z]|$)/i;

export function workKind({ type, name }: { readonly type: ObservationType; readonly name: string }): WorkKind {
  const kind = KIND_OF_TYPE[type];
  return (kind === 'tool' || kind === 'own') && type !== 'agent' && OF_A_PERSON.test(name) ? 'waiting' : kind;
}
