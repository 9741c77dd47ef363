import { statSync } from 'node:fs';

/** Which file this is, whatever its path. */
export interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
}

const UNKNOWN: Identity = { dev: 0n, ino: 0n };

/** Null when there is no such file. */
export function identityAt(path: string): Identity | null {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : UNKNOWN;
  }
}

/** An unknown identity counts as the same. File systems without such numbers, such as some on Windows, give 0. */
export function isSame(a: Identity, b: Identity): boolean {
  return a.ino === 0n || b.ino === 0n || (a.ino === b.ino && a.dev === b.dev);
}
