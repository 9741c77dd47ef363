import type { TurnWork } from '../work/turn-work.js';
import type { Density } from './items.js';

const STORAGE_KEY = 'powerrag.density';
/** A session whose turns have more observations than this, on average, is the run of an agent or of a pipeline. */
const STEPS_FROM = 20;

/** How a session opens: as it was last chosen on this machine, else by what it is. */
export function densityAtFirst(works: readonly TurnWork[], stored = storedDensity()): Density {
  if (stored !== null) return stored;
  const said = works.some(({ turn }) => turn.messages.length > 0);
  const observations = works.reduce((sum, work) => sum + work.observations.length, 0);
  return !said || observations > works.length * STEPS_FROM ? 'steps' : 'conversation';
}

export function storeDensity(density: Density): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, density);
  } catch {
    // A browser that keeps nothing still shows what was chosen.
  }
}

function storedDensity(): Density | null {
  try {
    const value = sessionStorage.getItem(STORAGE_KEY);
    return value === 'conversation' || value === 'steps' ? value : null;
  } catch {
    return null;
  }
}
