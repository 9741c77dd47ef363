/** Where a file that replays offline has its session; where a server has the player without one. */
export const OFFLINE_DATA = {
  id: 'session',
  element: '<script type="application/json" id="session">',
  player: '/player.html',
} as const;
