import { OFFLINE_DATA } from '../../api/offline-data.js';

/**
 * A file that replays a session without a server: the player with the session inside.
 *
 * @param player the built player, whose element for the session is empty.
 * @param session the JSON text of a `SessionExport`.
 * @throws Error when the player has no place for a session.
 */
export function toOfflineFile(player: string, session: string): string[] {
  const at = player.indexOf(OFFLINE_DATA.element);
  if (at < 0) throw new Error('The server has no offline player: build the page again.');
  const inside = at + OFFLINE_DATA.element.length;
  // In JSON a `<` stands in strings only; without one, nothing ends the element.
  return [player.slice(0, inside), session.replaceAll('<', '\\u003c'), player.slice(inside)];
}
