import type { StepKind } from './state/session-history.js';

export type ShortcutAction =
  | { readonly do: 'toggle' }
  | { readonly do: 'step'; readonly kind: StepKind; readonly direction: 1 | -1 }
  | { readonly do: 'tenth'; readonly tenth: number }
  | { readonly do: 'end' }
  | { readonly do: 'speed'; readonly direction: 1 | -1 }
  | { readonly do: 'jump'; readonly direction: 1 | -1 }
  | { readonly do: 'frame' }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'mark'; readonly bound: 'start' | 'end' }
  | { readonly do: 'documents' }
  | { readonly do: 'skip' }
  | { readonly do: 'help' }
  | { readonly do: 'clear' };

export interface Shortcut {
  readonly keys: readonly string[];
  readonly says: string;
}

/** What the help shows, in the order in which people need it. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['Space', 'k'], says: 'Play or pause' },
  { keys: ['j', 'l'], says: 'Ten seconds back or forward; in a short session a tenth of it' },
  { keys: ['←', '→'], says: 'Previous or next step' },
  { keys: ['Shift ←', 'Shift →'], says: 'Previous or next turn' },
  { keys: [',', '.'], says: 'Previous or next start or end of any observation' },
  { keys: ['e', 'Shift E'], says: 'Next or previous error' },
  { keys: ['d'], says: 'Open the documents that were found for the answer in view; again, for the next' },
  { keys: ['0', '–', '9'], says: 'To that tenth of the session' },
  { keys: ['Home', 'End'], says: 'To the start or the end' },
  { keys: ['<', '>'], says: 'Slower or faster' },
  { keys: ['s'], says: 'Skip inactivity, or not' },
  { keys: ['f'], says: 'Fill the timeline with what is selected or marked, or with the current turn' },
  { keys: ['+', '-'], says: 'Zoom the timeline in or out' },
  { keys: ['i', 'o'], says: 'Mark from here, or up to here, and see the totals' },
  { keys: ['↑', '↓'], says: 'Walk through the trace tree, while it has the focus' },
  { keys: ['Esc'], says: 'Clear the mark, then the selection' },
];

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const BY_KEY: Readonly<Record<string, ShortcutAction>> = {
  ' ': { do: 'toggle' },
  k: { do: 'toggle' },
  K: { do: 'toggle' },
  j: { do: 'jump', direction: -1 },
  J: { do: 'jump', direction: -1 },
  l: { do: 'jump', direction: 1 },
  L: { do: 'jump', direction: 1 },
  f: { do: 'frame' },
  '+': { do: 'zoom', factor: 2 },
  '=': { do: 'zoom', factor: 2 },
  '-': { do: 'zoom', factor: 0.5 },
  i: { do: 'mark', bound: 'start' },
  o: { do: 'mark', bound: 'end' },
  ',': { do: 'step', kind: 'event', direction: -1 },
  '.': { do: 'step', kind: 'event', direction: 1 },
  e: { do: 'step', kind: 'error', direction: 1 },
  E: { do: 'step', kind: 'error', direction: -1 },
  Home: { do: 'tenth', tenth: 0 },
  End: { do: 'end' },
  '<': { do: 'speed', direction: -1 },
  '>': { do: 'speed', direction: 1 },
  d: { do: 'documents' },
  s: { do: 'skip' },
  '?': { do: 'help' },
  Escape: { do: 'clear' },
};

/** What a key means to a session, or null. Keys with Ctrl, Meta or Alt belong to the browser. */
export function shortcutFor(press: KeyPress): ShortcutAction | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.key === 'ArrowLeft' || press.key === 'ArrowRight') {
    const direction = press.key === 'ArrowRight' ? 1 : -1;
    return { do: 'step', kind: press.shiftKey ? 'turn' : 'step', direction };
  }
  if (/^[0-9]$/.test(press.key)) return { do: 'tenth', tenth: Number(press.key) };
  return Object.hasOwn(BY_KEY, press.key) ? (BY_KEY[press.key] ?? null) : null;
}
