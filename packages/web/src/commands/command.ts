/** Something that a reader can do now, by a key or by its name. Help, palette and keyboard are made from the same commands. */
export interface Command {
  /** What it does, as a person would ask for it. */
  readonly says: string;
  /** Each as `KeyboardEvent.key` has it; `Mod+` before it for Ctrl, or Command on a Mac. */
  readonly keys: readonly string[];
  /** False where there was nothing to do, so that the key keeps its meaning. */
  readonly run: () => unknown;
  /** Whether the palette offers it: walking from row to row is for keys alone. Default true. */
  readonly isNamed?: boolean;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** A key press as commands name it; null for one that belongs to the browser. */
export function keyName({ key, ctrlKey, metaKey, altKey }: KeyPress): string | null {
  if (altKey) return null;
  return ctrlKey || metaKey ? `Mod+${key.toLowerCase()}` : key;
}

const SHOWN: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Enter: '⏎' };

/** A key as it is written for a person. */
export function keyLabel(key: string): string {
  if (/^[A-Z]$/.test(key)) return `Shift ${key}`;
  return key.startsWith('Mod+') ? `Ctrl ${key.slice(4).toUpperCase()}` : (SHOWN[key] ?? key);
}
