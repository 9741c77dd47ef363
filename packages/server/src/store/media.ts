import { createHash } from 'node:crypto';

/** A picture, a sound or a file. */
export interface Media {
  /** By the bytes alone: see `mediaIdOf`. */
  readonly id: string;
  /** MIME type, as whoever sent it calls it. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Media as it was stored. */
export interface StoredMedia extends Media {
  /** When it was first stored, Unix milliseconds; null where that is not known, in files from before it was kept. */
  readonly storedMs: number | null;
}

/** Media, each stored once in a project, whoever refers to it. */
export interface MediaStore {
  /** Stores them, whole or not at all, durable when it resolves. Idempotent: of one that is there its content type stands. */
  writeMedia(projectId: string, media: readonly Media[]): Promise<void>;
  readMedia(projectId: string, id: string): Promise<StoredMedia | null>;
}

/** The id that Langfuse's SDKs give media: the first 22 characters of its SHA-256 in base64url. */
export function mediaIdOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

const REFERENCE = /@@@langfuseMedia:[^@]*?\|id=([\w-]+)\|/g;

/** The ids in the references to media of a text, however it is escaped. */
export function mediaIdsIn(text: string): string[] {
  if (!text.includes('@@@langfuseMedia:')) return [];
  return [...text.matchAll(REFERENCE)].flatMap(([, id]) => id ?? []);
}

export function mediaInMemory(now: () => number = Date.now): MediaStore {
  const all = new Map<string, StoredMedia>();
  return {
    async writeMedia(projectId, media) {
      for (const each of media) {
        const key = `${projectId}\0${each.id}`;
        if (!all.has(key)) all.set(key, { ...each, storedMs: now() });
      }
    },
    async readMedia(projectId, id) {
      return all.get(`${projectId}\0${id}`) ?? null;
    },
  };
}
