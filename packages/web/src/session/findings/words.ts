import type { Json, ObservationDetails, ReplayObservation } from '@powerrag/protocol';
import { plural } from '../../ui/format.js';
import { readDocuments } from '../work/documents.js';
import type { TurnWork } from '../work/turn-work.js';
import { evidenceOf, evidenceOfTurn, type FindingInput, type Rule } from './finding.js';

/** Two questions with this part of their words in common ask the same. */
const SAME_FROM = 0.6;
const SAME_PROMPT_FROM = 3;
/** Bodies that rules ask for, at most. */
const MOST_BODIES = 48;

/** Searches that gave nothing back. */
export const emptyRetrieval: Rule = ({ history, bodiesOf }) => {
  const empty = history.observations.filter((observation) => {
    const bodies =
      observation.type === 'retriever' && observation.level !== 'ERROR' ? bodiesOf(observation) : undefined;
    return bodies !== undefined && bodies.output !== null && readDocuments(bodies.output)?.length === 0;
  });
  return byName(empty).map(([subject, found]) => ({
    rule: 'empty-retrieval',
    tone: 'warning',
    subject,
    says: found.length === 1 ? 'found nothing' : `found nothing ${plural(found.length, 'time')}`,
    evidence: found.map(evidenceOf),
  }));
};

/** Answers that ended because no more tokens were allowed. */
export const cutOff: Rule = ({ history, bodiesOf }) => {
  const cut = history.observations.filter((observation) => {
    const bodies = observation.type === 'generation' ? bodiesOf(observation) : undefined;
    return bodies !== undefined && endedByLength(bodies);
  });
  const [first] = cut;
  if (first === undefined) return [];
  const says =
    cut.length === 1 ? 'was cut off by its length limit' : `was cut off by its length limit ${cut.length} times`;
  return [{ rule: 'cut-off', tone: 'danger', subject: first.model ?? first.name, says, evidence: cut.map(evidenceOf) }];
};

/** Prompts that were sent several times, word for word. */
export const samePrompt: Rule = ({ history, bodiesOf }) => {
  const groups = new Map<string, ReplayObservation[]>();
  for (const observation of history.observations) {
    const bodies = observation.type === 'generation' ? bodiesOf(observation) : undefined;
    if (bodies === undefined || bodies.input === null) continue;
    const key = JSON.stringify([observation.traceId, bodies.model, bodies.input]);
    groups.set(key, [...(groups.get(key) ?? []), observation]);
  }
  return [...groups.values()]
    .filter((found) => found.length >= SAME_PROMPT_FROM)
    .map((found) => ({
      rule: 'same-prompt',
      tone: 'warning',
      subject: found[0]?.name ?? '',
      says: `was sent the same prompt ${plural(found.length, 'time')}`,
      evidence: found.map(evidenceOf),
    }));
};

/** Questions that ask again what the one before asked. */
export const askedAgain: Rule = ({ works }) => {
  const asked = works.map((work) => wordsOf(questionOf(work)));
  return works.flatMap((work, n) => {
    const [before, after] = [asked[n - 1], asked[n]];
    if (before === undefined || after === undefined || !isSameQuestion(before, after)) return [];
    const says = `The user asked again in turn ${work.position + 1}`;
    return [{ rule: 'asked-again', tone: 'warning' as const, subject: '', says, evidence: [evidenceOfTurn(work)] }];
  });
};

/**
 * Turns that are over and gave no answer. Where no turn of the session has one, answers are not recorded: Codex's log events
 * and hidden outputs are like that.
 */
export const unanswered: Rule = ({ works }) => {
  if (!works.some(isAnswered)) return [];
  return works.flatMap((work) => {
    const { messages, running } = work.turn;
    const isAsked = messages.some(({ role }) => role === 'user');
    if (running || !isAsked || isAnswered(work) || onlyEmbeds(work)) return [];
    const says = `Turn ${work.position + 1} gave no answer`;
    return [{ rule: 'unanswered', tone: 'danger' as const, subject: '', says, evidence: [evidenceOfTurn(work)] }];
  });
};

function isAnswered({ turn }: TurnWork): boolean {
  return turn.messages.some(({ role }) => role === 'assistant');
}

/** Whether its models were asked for embeddings alone, which are no answer. Some clients call these generations too. */
function onlyEmbeds({ observations }: TurnWork): boolean {
  const calls = observations.filter(({ type }) => type === 'generation' || type === 'embedding');
  return calls.length > 0 && calls.every(({ type, model }) => type === 'embedding' || /embed/i.test(model ?? ''));
}

/** The observations whose bodies the rules can use: searches, last calls of turns, and calls that read the same number of tokens. */
export function bodiesWanted({ history, works }: Pick<FindingInput, 'history' | 'works'>): ReplayObservation[] {
  const searches = history.observations.filter(({ type }) => type === 'retriever');
  const lastCalls = works.flatMap(
    ({ observations }) => observations.findLast(({ type }) => type === 'generation') ?? [],
  );
  const calls = history.observations.filter(
    ({ type, usage }) => type === 'generation' && usage !== null && usage.input > 0,
  );
  const alike = groupsOf(calls, ({ traceId, model, usage }) => `${traceId} ${model} ${usage?.input}`)
    .filter((group) => group.length >= SAME_PROMPT_FROM)
    .flat();
  return [...new Set([...lastCalls, ...searches, ...alike])]
    .filter(({ endMs }) => endMs !== null)
    .slice(0, MOST_BODIES);
}

function endedByLength({ metadata, output }: ObservationDetails): boolean {
  return [metadata, output].some((value) => hasLengthReason(value, 4));
}

/** Looks for a reason of the end by the names and values of the vendors. */
function hasLengthReason(value: Json, depth: number): boolean {
  if (value === null || typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.slice(0, 4).some((entry) => hasLengthReason(entry, depth - 1));
  return Object.entries(value).some(([name, field]) => {
    const isReason = /(?:finish|stop)[_.]?reasons?$/i.test(name);
    if (isReason) return /^"?\[?"?(?:length|max_tokens|max_output_tokens)\b/i.test(printed(field));
    return (
      /message|choices|output|response|candidates|finish|generation/i.test(name) && hasLengthReason(field, depth - 1)
    );
  });
}

function printed(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function questionOf({ turn }: TurnWork): string {
  return turn.messages
    .filter(({ role }) => role === 'user')
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text.slice(0, 2_000)] : [])))
    .join(' ');
}

function isSameQuestion(before: ReadonlySet<string>, after: ReadonlySet<string>): boolean {
  if (Math.min(before.size, after.size) < 3) return false;
  let common = 0;
  for (const word of before) if (after.has(word)) common++;
  return common / Math.max(before.size, after.size) >= SAME_FROM;
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []);
}

function byName(observations: readonly ReplayObservation[]): [string, ReplayObservation[]][] {
  return groupsOf(observations, ({ name }) => name).map((group) => [group[0]?.name ?? '', group]);
}

function groupsOf<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return [...groups.values()];
}
