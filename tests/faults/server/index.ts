import { mutations, slowSenders, smallBombs } from './abuse.js';
import { crash } from './crash.js';
import { sigterm } from './ending.js';
import { largeBodies, overload } from './overload.js';
import { headRequests, unreadAnswers } from './reads.js';
import type { ServerScenario } from './scenario.js';

/** Every fault of the server that is measured, by the number of its row. */
export const SERVER_SCENARIOS = {
  S01: crash,
  S02: sigterm,
  S03: mutations,
  S04: smallBombs,
  S05: slowSenders,
  S06: overload,
  S07: largeBodies,
  S08: unreadAnswers,
  S09: headRequests,
} as const satisfies Record<string, ServerScenario>;
