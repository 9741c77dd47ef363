import { isModelCall } from '../observation/model-call.js';
import type { Observation } from '../observation/observation.js';
import { Catalog } from './catalog.js';
import { costByOverrides, type Overrides } from './overrides.js';

export { type Overrides, PricesUnusable, readOverrides } from './overrides.js';

/**
 * Gives model calls that came without a cost an estimated one, from their tokens. The operator's prices go before those of the
 * table. Pure, but for a memory of what was looked up: what an observation says of itself decides, and no other observation.
 */
export function estimateCosts(overrides: Overrides = new Map()): (observation: Observation) => Observation {
  const catalog = new Catalog();
  return (observation) => {
    const { type, model, usage, cost } = observation;
    if (model === null || !isModelCall(type, model) || cost.total !== undefined || !(usage.total ?? 0))
      return observation;
    const own = costByOverrides(overrides, observation);
    const estimated = own === undefined ? catalog.costOf(observation) : own;
    return estimated ? { ...observation, cost: { ...estimated }, costEstimated: true } : observation;
  };
}
