import { useEffect, useSyncExternalStore } from 'react';
import { type CommandGroup, keyName } from './command.js';

/** Where every key has a meaning of its own. */
const OWN_KEYS = 'input:not([type="checkbox"], [type="range"]), select, textarea, [contenteditable="true"], dialog';
/** Where keys scroll or move a value. */
const SCROLLS = 'pre, input[type="range"], [role="group"]';
const SCROLLING_KEYS: ReadonlySet<string> = new Set([
  ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown', ' '],
]);

let groups: readonly CommandGroup[] = [];
const listeners = new Set<() => void>();

function change(next: readonly CommandGroup[]): void {
  groups = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What can be done now, in the order in which it was made possible. */
export function useCommandGroups(): readonly CommandGroup[] {
  return useSyncExternalStore(subscribe, () => groups);
}

/** Makes commands possible while the component is shown. The same group must be given until it changes. */
export function useCommands(group: CommandGroup): void {
  useEffect(() => {
    change([...groups, group]);
    return () => change(groups.filter((each) => each !== group));
  }, [group]);
}

/** Lets the keyboard run commands, the latest group first. For the whole page: call it once. */
export function useCommandKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  const name = keyName(event);
  if (event.defaultPrevented || name === null) return;
  if (!name.startsWith('Mod+') && belongsToTarget(event)) return;
  for (const { commands } of groups.toReversed()) {
    for (const command of commands) {
      if (!command.keys.includes(name) || command.run() === false) continue;
      event.preventDefault();
      return;
    }
  }
}

function belongsToTarget({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest(OWN_KEYS) !== null || (SCROLLING_KEYS.has(key) && target.closest(SCROLLS) !== null);
}
