import { IdStrengths, PlaceStrengths } from '../observation/observation.js';
import { BY_ROOT, isPlace, type Merged, type Source, type Sourced } from './trace-attributes.js';

/** Of an observation that is not a root. Whose child it is does not matter. */
const NO_ROOT = '0'.repeat(16);

/** Sources that say together what was merged: merged again, they give the same attributes, and lose to the same others. */
export function sourcesOf({ fields, metadata, tags, sessionIds, isRooted }: Merged): Source[] {
  const sources: Source[] = [];
  const say = (sourced: Pick<Sourced<unknown>, 'atMs' | 'by' | 'startMs'>, trace: Source['trace'], isRoot = false) =>
    sources.push({
      ...{ id: sourced.by, parentId: isRoot ? null : NO_ROOT, trace },
      ...{ startMs: sourced.startMs ?? sourced.atMs, endMs: sourced.atMs },
    });
  const { sessionId, ...others } = fields;
  if (sessionId !== undefined) {
    const strength = Object.values(IdStrengths).find((each) => each === sessionId.strength) ?? IdStrengths.explicit;
    const conversationIds = [...sessionIds].filter((id) => id !== sessionId.value);
    say(sessionId, { sessionId: sessionId.value, sessionIdStrength: strength, conversationIds });
  }
  for (const [field, sourced] of Object.entries(others)) {
    const placeStrengths = { [field]: sourced.strength ?? PlaceStrengths.resource };
    if (!isPlace(field)) say(sourced, { [field]: sourced.value });
    else say(sourced, { [field]: sourced.value, placeStrengths }, sourced.strength === BY_ROOT);
  }
  for (const [key, sourced] of metadata) say(sourced, { metadata: { [key]: sourced.value } });
  const nobody = { atMs: 0, by: '' };
  if (tags.size > 0) say(nobody, { tags: [...tags] });
  if (isRooted) say(nobody, {}, true);
  return sources;
}
