import type { SessionReader, StoreReader } from '../store/contract.js';
import { mediaIdsIn } from '../store/media.js';
import { annotationsLine, mediaLine } from './extras.js';
import { toOtlp } from './to-otlp.js';

/** Spans of one line: far below what a server takes in one request. */
const SPANS = 200;
const SESSIONS = 100;
/** Scores or comments of one line, and that are read in one step. */
const ANNOTATIONS = 200;
const ANNOTATIONS_READ = 10_000;

export interface Exports {
  readonly sessions: number;
  readonly spans: number;
  readonly annotations: number;
  readonly media: number;
}

/** What an export reads. Bodies have what logs say already: see `withLogWords`. */
export type ExportReader = Pick<SessionReader, 'listSessions' | 'listTraces' | 'listObservations' | 'readBodies'> &
  Pick<StoreReader, 'listAnnotations' | 'readMedia'>;

/**
 * Writes all sessions as OTLP/JSON, one request a line, as the file exporter of the OpenTelemetry Collector does. Before a request
 * are the media that it refers to, at the end all scores and comments, on lines of their own (see extras.ts).
 *
 * @param write gets one line, without its line break.
 * @param progress is called after each session.
 */
export async function exportSessions(
  reader: ExportReader,
  projectId: string,
  write: (line: string) => void,
  progress: (done: { readonly sessions: number; readonly total: number }) => void = () => {},
): Promise<Exports> {
  let [sessions, spans] = [0, 0];
  let cursor: string | undefined;
  const media = new MediaWriter(reader, projectId, write);
  const { total } = await reader.listSessions(projectId, { limit: 1, offset: 0 });
  do {
    const page = await reader.listSessions(projectId, { limit: SESSIONS, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id } of page.sessions) {
      spans += await exportSession({ reader, projectId, write, media }, id);
      sessions += 1;
      progress({ sessions, total: total ?? sessions });
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  const annotations =
    (await exportAnnotations(reader, projectId, 'score', write)) +
    (await exportAnnotations(reader, projectId, 'comment', write));
  return { sessions, spans, annotations, media: media.count };
}

interface SessionExportDeps {
  readonly reader: ExportReader;
  readonly projectId: string;
  readonly write: (line: string) => void;
  readonly media: MediaWriter;
}

async function exportSession(
  { reader, projectId, write, media }: SessionExportDeps,
  sessionId: string,
): Promise<number> {
  const { traces } = await reader.listTraces(projectId, { sessionId, order: 'asc' });
  let count = 0;
  for (const trace of traces) {
    const observations = await reader.listObservations(projectId, { traceId: trace.id });
    count += observations.length;
    for (let from = 0; from < observations.length; from += SPANS) {
      const part = observations.slice(from, from + SPANS);
      const bodies = await reader.readBodies(projectId, part);
      const exported = part.flatMap((observation, at) => {
        const body = bodies[at];
        return body === null || body === undefined ? [] : [{ observation, body }];
      });
      const line = JSON.stringify(toOtlp(trace, exported, from === 0));
      await media.writeOf(line);
      write(line);
    }
  }
  return count;
}

/** Returns how many there are. */
async function exportAnnotations(
  reader: ExportReader,
  projectId: string,
  kind: 'score' | 'comment',
  write: (line: string) => void,
): Promise<number> {
  for (let offset = 0; ; offset += ANNOTATIONS_READ) {
    const query = { kind, limit: ANNOTATIONS_READ, offset };
    const { annotations } = await reader.listAnnotations(projectId, query);
    for (let from = 0; from < annotations.length; from += ANNOTATIONS) {
      write(annotationsLine(annotations.slice(from, from + ANNOTATIONS)));
    }
    if (annotations.length < ANNOTATIONS_READ) return offset + annotations.length;
  }
}

/** Writes the media that lines refer to, each once. */
class MediaWriter {
  readonly #reader: ExportReader;
  readonly #projectId: string;
  readonly #write: (line: string) => void;
  readonly #seen = new Set<string>();
  count = 0;

  constructor(reader: ExportReader, projectId: string, write: (line: string) => void) {
    this.#reader = reader;
    this.#projectId = projectId;
    this.#write = write;
  }

  async writeOf(line: string): Promise<void> {
    for (const id of mediaIdsIn(line)) {
      if (this.#seen.has(id)) continue;
      this.#seen.add(id);
      const media = await this.#reader.readMedia(this.#projectId, id);
      // A text may name what was never uploaded.
      if (media === null) continue;
      this.count += 1;
      this.#write(mediaLine(media));
    }
  }
}
