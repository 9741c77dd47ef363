import type { ReplayObservation } from '@powerrag/protocol';
import { formatCompact, formatCost, formatDuration } from '../../ui/format.js';
import { turnTime } from '../work/turn-time.js';
import { evidenceOf, evidenceOfTurn, type Rule } from './finding.js';

const SLOW_FROM_MS = 2_000;
const WAITED_FROM_MS = 60_000;
const COST_JUMP = { times: 3, fromUsd: 0.001, turns: 4 };
const FULL_FROM = 0.8;

/** Tokens that a model takes in, by family, as their vendors state in 2026. A model that is not listed is never called full. */
const CONTEXT_WINDOWS: readonly (readonly [RegExp, number])[] = [
  [/gpt-4\.1/i, 1_047_576],
  [/gpt-5/i, 400_000],
  [/gpt-4o|gpt-4-turbo|o1-mini/i, 128_000],
  [/\bo[134]\b/i, 200_000],
  [/gpt-3\.5-turbo/i, 16_385],
  [/claude/i, 200_000],
  [/gemini-(?:1\.5|2)/i, 1_048_576],
  [/llama-?3\.[123]|mistral-large/i, 128_000],
];

/** The step that took longest, of those that did the work themselves. */
export const slowestStep: Rule = ({ history }) => {
  const parents = new Set(history.observations.map(({ traceId, parentId }) => `${traceId}/${parentId}`));
  let slowest: ReplayObservation | undefined;
  for (const observation of history.observations) {
    if (parents.has(`${observation.traceId}/${observation.id}`) || observation.type === 'agent') continue;
    if (lengthOf(observation) > (slowest ? lengthOf(slowest) : SLOW_FROM_MS)) slowest = observation;
  }
  if (slowest === undefined) return [];
  const says = `was the slowest step, ${formatDuration(lengthOf(slowest))}`;
  return [{ rule: 'slowest-step', tone: 'plain', subject: slowest.name, says, evidence: [evidenceOf(slowest)] }];
};

/** Turns in which a minute or more went to waiting. */
export const waited: Rule = ({ works }) =>
  works.flatMap((work) => {
    const { waiting } = turnTime(work);
    if (waiting < WAITED_FROM_MS) return [];
    const says = `Turn ${work.position + 1} waited ${formatDuration(waiting)} while no model or tool worked`;
    return [{ rule: 'waited', tone: 'plain' as const, subject: '', says, evidence: [evidenceOfTurn(work)] }];
  });

/** Turns that cost several times what the others do. */
export const costJump: Rule = ({ works }) => {
  const costs = works.flatMap(({ turn }) => turn.totalCost ?? []).sort((a, b) => a - b);
  const usual = costs[Math.floor((costs.length - 1) / 2)] ?? 0;
  if (costs.length < COST_JUMP.turns || usual === 0) return [];
  return works.flatMap((work) => {
    const cost = work.turn.totalCost ?? 0;
    if (cost < usual * COST_JUMP.times || cost < COST_JUMP.fromUsd) return [];
    const says = `Turn ${work.position + 1} cost ${formatCost(cost)}, ${Math.round(cost / usual)} times the usual`;
    return [{ rule: 'cost-jump', tone: 'warning' as const, subject: '', says, evidence: [evidenceOfTurn(work)] }];
  });
};

/** Calls whose input took most of what their model takes in: the fullest of each model. */
export const contextNearlyFull: Rule = ({ history }) => {
  const fullest = new Map<string, { observation: ReplayObservation; part: number; tokens: number }>();
  for (const observation of history.observations) {
    const { model, usage } = observation;
    const most = model === null ? undefined : CONTEXT_WINDOWS.find(([pattern]) => pattern.test(model))?.[1];
    if (model === null || usage === null || most === undefined) continue;
    const tokens = usage.total - usage.output;
    const part = tokens / most;
    if (part >= FULL_FROM && part > (fullest.get(model)?.part ?? 0)) fullest.set(model, { observation, part, tokens });
  }
  return [...fullest].map(([model, { observation, part, tokens }]) => ({
    rule: 'context-nearly-full',
    tone: 'warning',
    subject: model,
    says: `read ${formatCompact(tokens)} tokens, ${Math.round(part * 100)} % of its context`,
    evidence: [evidenceOf(observation)],
  }));
};

/** Calls that read again without the cache what the call before read from it. */
export const cacheLost: Rule = ({ history }) => {
  const before = new Map<string, number>();
  const lost: ReplayObservation[] = [];
  for (const observation of history.observations) {
    const { usage, model, traceId } = observation;
    if (usage === null || model === null) continue;
    const input = usage.total - usage.output;
    const part = input === 0 ? 0 : cachedTokens(usage.details) / input;
    const key = `${traceId} ${model}`;
    if ((before.get(key) ?? 0) >= 0.5 && part < 0.1 && input >= 2_000) lost.push(observation);
    before.set(key, part);
  }
  const [first] = lost;
  if (first === undefined) return [];
  const says = lost.length === 1 ? 'lost its prompt cache' : `lost its prompt cache ${lost.length} times`;
  return [{ rule: 'cache-lost', tone: 'warning', subject: first.model ?? '', says, evidence: lost.map(evidenceOf) }];
};

/** Tokens that were read from a cache, by the names of the vendors; what was written to one is not. */
function cachedTokens(details: Readonly<Record<string, number>>): number {
  return Object.entries(details)
    .filter(([name]) => /cache/i.test(name) && !/creat|write/i.test(name))
    .reduce((sum, [, count]) => sum + count, 0);
}

function lengthOf({ startMs, endMs }: ReplayObservation): number {
  return endMs === null ? 0 : endMs - startMs;
}
