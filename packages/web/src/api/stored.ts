/** What this browser keeps for the page under a name; null where it keeps nothing. */
export function readStored(name: string, storage: () => Storage = () => localStorage): string | null {
  try {
    return storage().getItem(`powerrag.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a text, or forgets it where it is null. A browser that keeps nothing goes on without. */
export function writeStored(name: string, text: string | null, storage: () => Storage = () => localStorage): void {
  try {
    if (text === null) storage().removeItem(`powerrag.${name}`);
    else storage().setItem(`powerrag.${name}`, text);
  } catch {
    // Nothing is lost but the convenience.
  }
}
